"""The transcription of a recording by an engine that gives no times: each turn by itself."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audio.engines import roles
from audio.engines.dialects.readers.segments import Segment, spread
from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE, clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.speaker_clips import speech_spans
from audio.merge.values import Span, Transcription, Turn
from audio.pipeline.analysis.parallel_calls import run_in_parallel

# Words are spread over a span: in a longer one their estimated times would be far off.
LONGEST_SPAN_S = 60.0
# Diarizers cut into the first and the last sound of a turn.
MARGIN_S = 0.1
# Engines refuse, or make up words for, less.
SHORTEST_SPAN_S = 0.1
MOST_AT_ONCE = 4
Attempt = Callable[[Callable[[], Any]], Any]


def transcribe_spans(
    recording: Recording,
    turns: Sequence[Turn],
    options: Mapping[str, str],
    *,
    longest_s: float,
    attempt: Attempt,
) -> Transcription:
    """Transcribe each span of speech; its words share its time.

    `longest_s` is the limit of a call; `attempt` makes a call to an engine.

    Raises
    ------
    EngineError, UnusableAudio, NoRoom
    """
    most_s = min(LONGEST_SPAN_S, longest_s - 2 * MARGIN_S)
    found = speech_spans(turns, longest_s=most_s)
    spans = [span for span in found if span.end - span.start >= SHORTEST_SPAN_S]
    with TemporaryDirectory(prefix="spans-", dir=temporary_files.folder()) as folder:
        files = _files(recording, spans, Path(folder))
        calls = [partial(attempt, partial(roles.transcribe, file, options)) for file in files]
        answers: list[Transcription] = run_in_parallel(*calls, limit=MOST_AT_ONCE) if calls else []
    return _joined(spans, answers, recording.seconds)


def _files(recording: Recording, spans: Sequence[Span], folder: Path) -> list[Recording]:
    wide = [Span(max(0.0, span.start - MARGIN_S), span.end + MARGIN_S) for span in spans]
    files = []
    for number, samples in enumerate(clips(recording, wide) if wide else []):
        path, content = folder / f"{number}.wav", wav(pcm(samples))
        temporary_files.check_room(len(content))
        path.write_bytes(content)
        seconds = len(samples) / SAMPLE_RATE
        files.append(Recording(path, ".wav", field=recording.field, seconds=seconds))
    return files


def _joined(
    spans: Sequence[Span], answers: Sequence[Transcription], length_s: float | None
) -> Transcription:
    texts = [" ".join(answer.text.split()) for answer in answers]
    segments = (
        Segment(span.start, span.end, text)
        for span, text in zip(spans, texts, strict=True)
        if text
    )
    words = sorted(chain.from_iterable(map(spread, segments)), key=lambda word: word.start)
    return Transcription(
        text=" ".join(filter(None, texts)),
        words=tuple(words),
        duration=length_s,
        language=next((one.language for one in answers if one.language), None),
        model=next((one.model for one in answers if one.model), None),
    )
