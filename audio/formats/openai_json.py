"""Transcriptions in the shapes of OpenAI's API: bodies, and the events of a stream."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from audio.formats.cues import Cue, block_cues, duration_of, sentence_cues
from audio.formats.warning_lines import corrections_json, interpolated_json, warnings_json
from audio.merge.values import LabelledWords, Notice, Transcription
from audio.merge.words.word_spacing import gap_between

Json = dict[str, object]
# A full-width mark ends a sentence without a space after it.
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!…])(?=\s)|(?<=[。？！])(?=[^。？！」』）”’])")  # noqa: RUF001

# A blank line ends a cue; no cue contains one.
_AFTER_CUES = re.compile(r"(?<=\n\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAITranscript:
    """A transcription, and what OpenAI's formats show beside it.

    `labelled` are the words with their speakers, None where the client did not ask for speakers.
    `language` is a name, `english`; `granularities` are the lists that `verbose_json` has.
    `is_translation`: the text is English, whatever was spoken.
    """

    transcription: Transcription
    labelled: LabelledWords | None = None
    warnings: tuple[Notice, ...] = ()
    language: str = ""
    granularities: tuple[str, ...] = ("segment",)
    is_translation: bool = False


def plain_json(transcript: OpenAITranscript) -> Json:
    """Return OpenAI's `json`."""
    transcription = transcript.transcription
    return {
        "text": transcription.text,
        **_usage_of(transcript),
        **corrections_json(transcription.corrections),
        **warnings_json(transcript.warnings),
    }


def verbose_json(transcript: OpenAITranscript) -> Json:
    """Return OpenAI's `verbose_json`."""
    transcription = transcript.transcription
    answer: Json = {
        "task": "translate" if transcript.is_translation else "transcribe",
        "language": transcript.language,
        "duration": duration_of(transcription),
        "text": transcription.text,
        **_usage_of(transcript),
    }
    if "segment" in transcript.granularities:
        cues = sentence_cues(transcription)
        answer["segments"] = [_segment(number, cue) for number, cue in enumerate(cues)]
    if "word" in transcript.granularities:
        answer["words"] = [
            {"word": word.text, "start": word.start, "end": word.end}
            for word in transcription.words
        ]
        answer |= interpolated_json(transcription.words)
    corrections = corrections_json(transcription.corrections)
    return answer | corrections | warnings_json(transcript.warnings)


def diarized_json(transcript: OpenAITranscript) -> Json:
    """Return OpenAI's `diarized_json`: one segment per block of a speaker's words."""
    segments = [_speaker_segment(*numbered) for numbered in _numbered_blocks(transcript)]
    return {
        "task": "transcribe",
        # To milliseconds, as the segments' times are.
        "duration": round(duration_of(transcript.transcription), 3),
        "text": "\n".join(f"{one['speaker']}: {one['text']}" for one in segments),
        "segments": segments,
        **interpolated_json(transcript.transcription.words),
        "usage": _usage(transcript.transcription),
        **corrections_json(transcript.transcription.corrections),
        **warnings_json(transcript.warnings),
    }


BODIES: Mapping[str, Callable[[OpenAITranscript], Json]] = {
    "json": plain_json,
    "verbose_json": verbose_json,
    "diarized_json": diarized_json,
}


def stream_events(transcript: OpenAITranscript) -> Iterator[Json]:
    """Yield a transcript as OpenAI streams it: the deltas together are the text, exactly."""
    if transcript.labelled is not None:
        yield from _speaker_events(transcript)
        return
    text = transcript.transcription.text
    for sentence in text_deltas(text):
        yield {"type": "transcript.text.delta", "delta": sentence}
    yield _done(text, transcript)


def text_deltas(text: str) -> list[str]:
    """Cut a text after its sentences; the parts together are the text, exactly."""
    return _BETWEEN_SENTENCES.split(text)


def subtitle_events(subtitles: str, transcript: OpenAITranscript) -> Iterator[Json]:
    """Yield the file of subtitles of a transcript, one delta for each cue."""
    for cue in _AFTER_CUES.split(subtitles):
        if cue:
            yield {"type": "transcript.text.delta", "delta": cue}
    yield _done(subtitles, transcript)


def _speaker_events(transcript: OpenAITranscript) -> Iterator[Json]:
    text = ""
    for number, cue in _numbered_blocks(transcript):
        segment = _speaker_segment(number, cue)
        delta = f"{gap_between(text, cue.text) if text else ''}{cue.text}"
        text += delta
        yield {"type": "transcript.text.delta", "delta": delta, "segment_id": segment["id"]}
        yield segment
    yield _done(text, transcript)


def _done(text: str, transcript: OpenAITranscript) -> Json:
    return {
        "type": "transcript.text.done",
        "text": text,
        **corrections_json(transcript.transcription.corrections),
        **warnings_json(transcript.warnings),
    }


def _numbered_blocks(transcript: OpenAITranscript) -> Iterator[tuple[int, Cue]]:
    return enumerate([] if transcript.labelled is None else block_cues(transcript.labelled), 1)


def _speaker_segment(number: int, cue: Cue) -> Json:
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{number:03}",
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        "speaker": cue.speaker,
    }


def _segment(number: int, cue: Cue) -> Json:
    """Return all ten keys, which strict clients require; what no engine reports is neutral."""
    return {
        "id": number,
        "seek": 0,
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def _usage_of(transcript: OpenAITranscript) -> Json:
    """Return the field `usage`, which OpenAI's translations do not have."""
    return {} if transcript.is_translation else {"usage": _usage(transcript.transcription)}


def _usage(transcription: Transcription) -> Json:
    # OpenAI bills, and rounds up to, whole seconds.
    return {"type": "duration", "seconds": int(-(-duration_of(transcription) // 1))}
