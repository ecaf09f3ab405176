"""The spelling of names and jargon in what the engines heard."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from audio import context, metrics
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
from audio.vocabulary import stored_terms


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


def spelled(analysis: Analysis, spelling: Spelling, *people: Iterable[str]) -> Analysis:
    """Correct the transcription of an analysis, also by the stored vocabulary of the key.

    `people` are lists of names, which mode `people` adds.
    """
    if spelling.mode == "off" or not analysis.transcription.text:
        return analysis
    names = tuple(map(tuple, people)) if spelling.mode == "people" else ()
    stored, unavailable = stored_terms(
        context.vocabulary_key(), is_asked=spelling.mode is not None
    )
    if unavailable:
        analysis = replace(analysis, warnings=(*analysis.warnings, *unavailable))
    is_asked = bool(spelling.keywords or spelling.prompt or any(names))
    if not is_asked and not stored:
        return analysis
    heard = analysis.transcription
    language = language_code(heard.language or spelling.language or DEFAULT_LANGUAGE)
    is_known = known_words(language) if has_dictionary(language) else None
    if is_known is None or not is_mostly_known(heard.text, is_known):
        skipped = (_not_spelled(language),) if is_asked else ()
        return replace(analysis, warnings=(*analysis.warnings, *skipped))
    with metrics.MERGES.labels("spelling").time():
        terms = (*spelling.keywords, *unknown_words(spelling.prompt, is_known))
        vocabulary = vocabulary_of(terms, *stored, *names)
        corrected = correct_spelling(heard, vocabulary, is_known)
    transcription = replace(corrected.transcription, corrections=corrected.corrections)
    return replace(analysis, transcription=transcription)


def _not_spelled(language: str) -> Notice:
    return Notice(
        "spelling_skipped",
        f"No spelling was corrected: the text is not in the language {language}, or there is no "
        f"dictionary of it; there are {', '.join(LANGUAGES)}.",
    )
