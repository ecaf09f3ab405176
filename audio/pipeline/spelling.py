"""The spelling of names and jargon in what the engines heard."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from audio import metrics
from audio.engines.languages import language_code
from audio.merge.defaults import DEFAULT_LANGUAGE, SpellingName
from audio.merge.spelling.corrections import correct_spelling
from audio.merge.spelling.known_words import (
    LANGUAGES,
    has_dictionary,
    is_mostly_known,
    known_words,
)
from audio.merge.spelling.vocabulary import unknown_words, vocabulary_of
from audio.merge.values import Notice
from audio.pipeline.analysis.analysis_work import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The words that a client expects in a transcript, and which words correct it.

    `keywords` are terms, and so are the words of the `prompt` that no dictionary has. `mode` is
    None where the client chose none: terms correct it, if there are any. `language` is the
    client's, for engines that name none.
    """

    mode: SpellingName | None = None
    keywords: tuple[str, ...] = ()
    prompt: str = ""
    language: str = ""


NO_SPELLING = Spelling()


def spelled(analysis: Analysis, spelling: Spelling, people: Iterable[str] = ()) -> Analysis:
    """Correct the transcription of an analysis; `people` are the names that mode `people` adds."""
    names = tuple(people) if spelling.mode == "people" else ()
    if spelling.mode == "off" or not (spelling.keywords or spelling.prompt or names):
        return analysis
    heard = analysis.transcription
    language = language_code(heard.language or spelling.language or DEFAULT_LANGUAGE)
    is_known = known_words(language) if has_dictionary(language) else None
    if is_known is None or not is_mostly_known(heard.text, is_known):
        return replace(analysis, warnings=(*analysis.warnings, _not_spelled(language)))
    with metrics.MERGES.labels("spelling").time():
        terms = (*spelling.keywords, *unknown_words(spelling.prompt, is_known), *names)
        corrected = correct_spelling(heard, vocabulary_of(terms), is_known)
    transcription = replace(corrected.transcription, corrections=corrected.corrections)
    return replace(analysis, transcription=transcription)


def _not_spelled(language: str) -> Notice:
    return Notice(
        "spelling_skipped",
        f"No spelling was corrected: the text is not in the language {language}, or there is no "
        f"dictionary of it; there are {', '.join(LANGUAGES)}.",
    )
