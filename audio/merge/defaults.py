"""The defaults of naming: what a request, an archive, or a space uses where it sets nothing else.

Conventions
-----------
Thresholds and margins are cosines, from -1 to 1; shares are from 0 to 1.
"""

from typing import Final, Literal

RuleName = Literal["overlap", "evidence"]
SpellingName = Literal["off", "terms", "people"]
EchoName = Literal["cancel", "gate", "off"]

RULE_NAMES: Final[tuple[RuleName, ...]] = ("overlap", "evidence")
DEFAULT_RULE: Final[RuleName] = "overlap"

# What becomes of the system track's echo in the mic track.
ECHO_NAMES: Final[tuple[EchoName, ...]] = ("cancel", "gate", "off")
DEFAULT_ECHO: Final[EchoName] = "cancel"

# Which words correct the spelling of a transcript: none, the terms that were sent, or also the
# names of people.
SPELLING_NAMES: Final[tuple[SpellingName, ...]] = ("off", "terms", "people")

# The language of a text, where neither the engine nor the client names it.
DEFAULT_LANGUAGE = "en"
# The least similarity at which two embeddings are one voice.
DEFAULT_THRESHOLD = 0.5
# The least lead of the nearest person over the next.
DEFAULT_MARGIN = 0.05
# The least share of a speaker's time in which the timeline shows the winning name.
DEFAULT_MIN_OVERLAP = 0.0
# The local user of a two-track recording.
DEFAULT_SELF_NAME = "Me"
