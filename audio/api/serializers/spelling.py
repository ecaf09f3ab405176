"""The fields of a request that say how names and jargon are spelled."""

from typing import Any

from audio.api.fields import BracketedListField, Choice, TextField
from audio.api.serializers.audio_request import AudioRequest
from audio.merge.defaults import SPELLING_NAMES
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from audio.pipeline.spelling import Spelling


class SpelledRequest(AudioRequest):
    """A request that may name the words to expect, and whether they correct the transcript."""

    keywords = BracketedListField(
        child=TextField(max_length=MAX_TERM_LENGTH),
        default=[],
        max_items=MAX_TERMS,
        help_text="Names and jargon that are expected. Misspelled words that sound and look like "
        "one of them are corrected.",
    )
    spelling = Choice(
        SPELLING_NAMES,
        required=False,
        help_text="What corrects the spelling. off: nothing. terms: keywords, prompt and the "
        "stored vocabulary of the key; the default where there is one of them. people: also the "
        "names of the timeline, of the voices and of known speakers; label-merge for keys with "
        "voices:read: those of the whole library.",
    )

    def wanted_spelling(self) -> Spelling:
        """Return which words correct the transcript."""
        given: dict[str, Any] = self.validated_data
        return Spelling(
            mode=given.get("spelling"),
            keywords=tuple(given["keywords"]),
            prompt=given.get("prompt", ""),
            language=given.get("language", ""),
        )
