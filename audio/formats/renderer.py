"""The front door of the formats: a transcript and the name of a format in, its content out."""

import json
from collections.abc import Iterator
from typing import assert_never

from audio.formats.cues import (
    Cue,
    block_cues,
    cut_cues,
    labelled_sentence_cues,
    sentence_cues,
    shown_briefly,
    subtitle_cues,
    transcript_cues,
)
from audio.formats.native_json import Json, labelled_json, named_json
from audio.formats.openai_json import (
    BODIES,
    OpenAITranscript,
    stream_events,
    subtitle_events,
)
from audio.formats.stored_transcript import StoredTranscript
from audio.formats.text import TEXT_FORMATS, plain, stm
from audio.merge.values import LabelledTranscript, NamedTranscript

NativeTranscript = NamedTranscript | LabelledTranscript | StoredTranscript
NATIVE_FORMATS = ("json", *TEXT_FORMATS)
EXPORT_FORMATS = (*NATIVE_FORMATS, "stm")
TEXT_MEDIA_TYPES = tuple(
    dict.fromkeys(one.content_type.partition(";")[0] for one in TEXT_FORMATS.values())
)
SUBTITLE_FORMATS = ("srt", "vtt")
# In the order in which errors list them.
OPENAI_FORMATS = ("json", "text", "srt", "vtt", "verbose_json", "diarized_json", "rttm")
TRANSLATION_FORMATS = ("json", "text", "srt", "verbose_json", "vtt")


def render(transcript: NativeTranscript | OpenAITranscript, form: str) -> Json | str:
    """Return a transcript in one format: JSON as a dictionary, any other format as text.

    `form` is one of EXPORT_FORMATS, or of OPENAI_FORMATS for an `OpenAITranscript`.
    """
    if isinstance(transcript, OpenAITranscript):
        return _openai(transcript, form)
    if form == "json":
        return _native_json(transcript)
    if form == "stm":
        return stm(_native_cues(transcript), _recording_of(transcript))
    cues_of = _native_subtitles if form in SUBTITLE_FORMATS else _native_cues
    return TEXT_FORMATS[form].write(cues_of(transcript))


def render_events(transcript: OpenAITranscript, form: str) -> Iterator[Json]:
    """Yield a transcript in one format as the events of a stream."""
    if form in SUBTITLE_FORMATS:
        return subtitle_events(str(render(transcript, form)), transcript)
    return stream_events(transcript)


def render_file(transcript: NativeTranscript, form: str) -> str:
    """Return the text of a file that holds the transcript in one of EXPORT_FORMATS."""
    content = render(transcript, form)
    if isinstance(content, str):
        return content
    return json.dumps(content, ensure_ascii=False) + "\n"


def content_type_of(form: str) -> str:
    """Return the media type of a format that is text."""
    return TEXT_FORMATS["txt" if form == "text" else form].content_type


def _openai(transcript: OpenAITranscript, form: str) -> Json | str:
    if form in BODIES:
        return BODIES[form](transcript)
    if form == "text" and transcript.labelled is None:
        return plain(transcript.transcription.text)
    text_format = TEXT_FORMATS["txt" if form == "text" else form]
    return text_format.write(_openai_cues(transcript, form))


def _openai_cues(transcript: OpenAITranscript, form: str) -> list[Cue]:
    if form in SUBTITLE_FORMATS:
        return shown_briefly(_openai_subtitles(transcript))
    if transcript.labelled is None:
        return sentence_cues(transcript.transcription)
    return block_cues(transcript.labelled)


def _openai_subtitles(transcript: OpenAITranscript) -> list[Cue]:
    if transcript.labelled is not None:
        return labelled_sentence_cues(transcript.labelled)
    cues = sentence_cues(transcript.transcription)
    return cues if transcript.transcription.words else cut_cues(cues)


def _native_json(transcript: NativeTranscript) -> Json:
    match transcript:
        case NamedTranscript():
            return named_json(transcript)
        case LabelledTranscript():
            return labelled_json(transcript)
        case StoredTranscript():
            return transcript.answer
        case _:
            assert_never(transcript)


def _native_cues(transcript: NativeTranscript) -> list[Cue]:
    if isinstance(transcript, StoredTranscript):
        return list(transcript.cues)
    return transcript_cues(transcript)


def _native_subtitles(transcript: NativeTranscript) -> list[Cue]:
    if isinstance(transcript, StoredTranscript):
        return shown_briefly(cut_cues(transcript.cues))
    return shown_briefly(subtitle_cues(transcript))


def _recording_of(transcript: NativeTranscript) -> str:
    return transcript.recording if isinstance(transcript, StoredTranscript) else "recording"
