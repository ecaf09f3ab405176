"""Answers in the shapes of whisper-asr-webservice, with and without speakers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from audio.formats.cues import Cue, sentence_cues
from audio.formats.text import plain, srt, vtt
from audio.formats.warning_lines import corrections_json, warnings_json
from audio.merge.values import Embedding, LabelledTranscript, Notice, Transcription, Word

Json = dict[str, object]
UNKNOWN_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ASRTranscript:
    """A transcription in segments; `has_words`: JSON lists the words of each segment."""

    transcription: Transcription
    segments: Sequence[Cue]
    has_words: bool = False
    embeddings: Mapping[str, Embedding] | None = None
    warnings: tuple[Notice, ...] = ()


def asr_transcript(
    transcription: Transcription, *, has_words: bool, warnings: tuple[Notice, ...] = ()
) -> ASRTranscript:
    """Return a transcription in sentences."""
    return ASRTranscript(
        transcription=transcription,
        segments=sentence_cues(transcription),
        has_words=has_words,
        warnings=warnings,
    )


def diarized_asr_transcript(
    transcription: Transcription,
    labelled: LabelledTranscript,
    embeddings: Mapping[str, Embedding] | None,
    *,
    has_words: bool,
) -> ASRTranscript:
    """Return the blocks of speakers, who are SPEAKER_00, SPEAKER_01, …"""
    spoken = (block.speaker for block in labelled.blocks)
    ours = enumerate(dict.fromkeys((*labelled.speakers, *spoken)))
    names = {label: f"SPEAKER_{number:02}" for number, label in ours}
    return ASRTranscript(
        transcription=transcription,
        segments=[
            Cue(block.start_ms / 1000, block.end_ms / 1000, block.text, names[block.speaker])
            for block in labelled.blocks
        ],
        has_words=has_words,
        embeddings=None
        if embeddings is None
        else {names[label]: one for label, one in embeddings.items() if label in names},
        warnings=labelled.warnings,
    )


def asr_json(transcript: ASRTranscript) -> Json:
    """Return `output=json`."""
    transcription, embeddings = transcript.transcription, transcript.embeddings
    vectors = {name: one.tolist() for name, one in (embeddings or {}).items()}
    return {
        "text": transcription.text,
        "language": transcription.language or UNKNOWN_LANGUAGE,
        "segments": [
            _segment(number, cue, transcript) for number, cue in enumerate(transcript.segments)
        ],
        **({} if embeddings is None else {"speaker_embeddings": vectors}),
        **corrections_json(transcription.corrections),
        **warnings_json(transcript.warnings),
    }


def asr_txt(transcript: ASRTranscript) -> str:
    """Return `output=txt`: one line for each segment, after its speaker if there is one."""
    return "".join(plain(_spoken(cue)) for cue in transcript.segments)


def asr_tsv(transcript: ASRTranscript) -> str:
    """Return `output=tsv`: start and end in milliseconds, and the text."""
    rows = (
        f"{round(cue.start * 1000)}\t{round(cue.end * 1000)}\t{' '.join(_spoken(cue).split())}\n"
        for cue in transcript.segments
    )
    return "start\tend\ttext\n" + "".join(rows)


ASR_TEXTS: Mapping[str, Callable[[ASRTranscript], str]] = {
    "txt": asr_txt,
    "srt": lambda transcript: srt(transcript.segments),
    "vtt": lambda transcript: vtt(transcript.segments),
    "tsv": asr_tsv,
}


def _spoken(cue: Cue) -> str:
    return f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text


def _segment(number: int, cue: Cue, transcript: ASRTranscript) -> Json:
    words = (word for word in transcript.transcription.words if _is_in(word, cue))
    listed = [{"word": word.text, "start": word.start, "end": word.end} for word in words]
    return {
        "id": number,
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        **({"speaker": cue.speaker} if cue.speaker else {}),
        **({"words": listed} if transcript.has_words else {}),
    }


def _is_in(word: Word, cue: Cue) -> bool:
    return cue.start - 0.001 <= (word.start + word.end) / 2 < cue.end + 0.001
