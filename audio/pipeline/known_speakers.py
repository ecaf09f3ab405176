"""Which of a recording's speakers are those that the client named?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio.engines.dialects.parakeet import parakeet
from audio.library import library
from audio.media import decoding
from audio.media.decoding import UnusableAudio
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speaking_time
from audio.merge.name_spelling import name_key
from audio.merge.naming.identification import OpenSetRule, identify
from audio.merge.values import NO_VOICES, Diarization, Embedding, Voices

# A fingerprint of less speech is often wrong; more than a minute says nothing new.
SHORTEST_REFERENCE_S = 1.5
LONGEST_REFERENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class KnownSpeakers:
    """The speakers a client expects: `references[i]` sounds like `names[i]`.

    Without any references the voices of these names are looked for in the stored library, on
    behalf of `reader`, the name of a key.
    """

    names: tuple[str, ...] = ()
    references: tuple[Recording, ...] = ()
    reader: str = ""


def check_references(references: Sequence[Recording]) -> None:
    """Refuse what is no short recording before any engine works for it.

    Raises
    ------
    UnusableAudio
    """
    for reference in references:
        seconds = 0.0
        for block in decoding.sample_blocks(reference.path, param=reference.field):
            seconds += len(block) / decoding.SAMPLE_RATE
            if seconds > LONGEST_REFERENCE_S:
                break
        if not SHORTEST_REFERENCE_S <= seconds <= LONGEST_REFERENCE_S:
            raise UnusableAudio(
                reference.field,
                f"expected {SHORTEST_REFERENCE_S:g} to {LONGEST_REFERENCE_S:g} s of one voice "
                f"(2 to 10 s are best), got {_told(seconds)}.",
            )


def embedding_of(reference: Recording, heard: Diarization) -> Embedding:
    """The fingerprint of whoever talks longest in a reference, by what was heard in it.

    Raises
    ------
    UnusableAudio
    """
    seconds = speaking_time(heard.turns)
    found = sorted(heard.embeddings, key=lambda label: seconds.get(label, 0.0))
    if not found:
        raise UnusableAudio(reference.field, "no voice was found in it.")
    return heard.embeddings[found[-1]]


def known_names(
    heard: Diarization, known: KnownSpeakers, prints: Sequence[Embedding]
) -> dict[str, str]:
    """The name of each speaker that sounds like one of the known; strangers are missing."""
    voices = _voices(known.names, prints) if prints else _stored_voices(heard, known)
    rule = OpenSetRule(voices.threshold, voices.margin)
    found = {
        label: identify(embedding, voices, rule=rule).name
        for label, embedding in heard.embeddings.items()
    }
    return {label: name for label, name in found.items() if name is not None}


def _voices(names: tuple[str, ...], prints: Sequence[Embedding]) -> Voices:
    if len({len(one) for one in prints}) > 1:
        raise parakeet().nonsense("its fingerprints differ in length")
    return Voices(names, np.stack(prints))


def _stored_voices(heard: Diarization, known: KnownSpeakers) -> Voices:
    """The stored voices of these people, under the names as the client spells them."""
    if not known.names:
        return NO_VOICES
    spelt = {name_key(name): name for name in known.names}
    space = heard.models.get("embedding", "")
    stored = library().voices(space, heard.embeddings, asked_by=known.reader)
    rows = [row for row, name in enumerate(stored.names) if name_key(name) in spelt]
    chosen = tuple(spelt[name_key(stored.names[row])] for row in rows)
    return Voices(chosen, stored.vectors[rows], stored.space)


def _told(seconds: float) -> str:
    return "more" if seconds > LONGEST_REFERENCE_S else f"{seconds:.1f} s"
