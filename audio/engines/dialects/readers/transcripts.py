"""Foreign engines' transcriptions and turns, as the merge core's values.

Readers of answers: pure, of the JSON that an engine sent and the recording's length in seconds,
None where it is unknown. They raise ValueError with a sentence about the answer.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from audio.engines.dialects.parakeet_words import within_recording
from audio.engines.dialects.readers.answer_values import (
    Item,
    as_object,
    is_sound,
    number,
    objects,
    rttm_items,
    text,
)
from audio.engines.dialects.readers.labelled_text import (
    has_header,
    has_labels,
    segments_of,
    split_at_labels,
)
from audio.engines.dialects.readers.punctuation import with_marks
from audio.engines.dialects.readers.segments import (
    Piece,
    Segment,
    read_pieces,
    read_segments,
    words_of,
)
from audio.engines.languages import language_code
from audio.merge.values import Diarization, Transcription, Turn, Word
from audio.merge.words.word_spacing import LONGEST_PAUSE_S, join_words, whole_words

_LANGUAGE = re.compile(r"[A-Za-z][A-Za-z _-]{1,40}")
_LONGEST_CODE = 3


def read_transcription(answer: object, length_s: float | None) -> Transcription:
    """Read words from words, segments or text: what the answer has, the most exact first."""
    body = as_object(answer)
    if has_header(text(body, "text") or ""):
        raise ValueError("its text has times and speakers' labels")
    return _transcription(body, *_listed(body, length_s), length_s)


def _listed(body: Item, length_s: float | None) -> tuple[list[Segment], tuple[Piece, ...]]:
    """Return an answer's segments, and the words that are listed beside them."""
    segments, pieces = read_segments(body, length_s), read_pieces(body)
    if segments is None and not pieces and text(body, "text") is None:
        raise ValueError("it has neither text nor segments")
    return segments or [], pieces


def _transcription(
    body: Item, segments: Sequence[Segment], pieces: Sequence[Piece], length_s: float | None
) -> Transcription:
    """Return a transcription of these segments, or of `pieces`, words that are listed apart."""
    speech = [segment for segment in segments if not segment.is_silence]
    duration = _duration(body) if length_s is None else length_s
    written = (text(body, "text") or "").strip()
    if not written or len(speech) < len(segments) or is_sound(written):
        written = " ".join(segment.text for segment in speech)
    if pieces and not any(segment.pieces for segment in speech):
        words = _words_apart(pieces, segments, duration)
        written = written or join_words(words)
    else:
        words = [word for segment in speech for word in words_of(segment)]
    return Transcription(
        written,
        tuple(_in_time(words, written, length_s, duration)),
        duration,
        _language(body),
        _name(body, "model"),
    )


def _words_apart(
    pieces: Sequence[Piece], segments: Sequence[Segment], duration: float | None
) -> list[Word]:
    """Return the words that are listed beside the segments, without those of silent segments."""
    begin = segments[0].start if segments else 0.0
    known = [time for piece in pieces for time in (piece.start, piece.end) if time is not None]
    end = segments[-1].end if segments else duration or 0.0
    whole = Segment(begin, max(end, *known), "", pieces=tuple(pieces))
    sounds = [segment for segment in segments if segment.is_silence and is_sound(segment.text)]
    spoken = [
        word
        for word in words_of(whole)
        if not any(sound.start <= (word.start + word.end) / 2 <= sound.end for sound in sounds)
        and not is_sound(word.text)
    ]
    return _with_confidence(spoken, segments)


def _with_confidence(words: list[Word], segments: Sequence[Segment]) -> list[Word]:
    """Give words without a confidence that of the segment in which they begin."""
    known = [segment for segment in segments if segment.confidence is not None]
    if not known or any(word.confidence is not None for word in words):
        return words
    starts = [segment.start for segment in known]
    around = [known[max(0, bisect_right(starts, word.start) - 1)] for word in words]
    return [
        replace(word, confidence=segment.confidence)
        if segment.start <= word.start <= segment.end
        else word
        for word, segment in zip(words, around, strict=True)
    ]


def _in_time(
    words: list[Word], written: str, length_s: float | None, duration: float | None
) -> Iterator[Word]:
    """Yield whole words inside the recording, sorted by start."""
    if _letters(word.text for word in words) != _letters([written]):
        # Engines may list words in any order; the text has that of speech.
        words.sort(key=lambda word: word.start)
    whole = with_marks(whole_words(words, written), written)
    for word in sorted(whole, key=lambda word: word.start):
        yield within_recording(word, length_s, duration)


def _letters(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())


def read_turns(answer: object, length_s: float | None) -> Diarization:
    """Read the turns of a diarization, in JSON or RTTM."""
    given = {"segments": rttm_items(answer)} if isinstance(answer, str) else answer
    body = as_object(given)
    listed = objects(body, "segments")
    if listed is None:
        raise ValueError("it has no segments")
    if listed and not any("speaker" in item for item in listed):
        raise ValueError("its segments have no speakers")
    segments = read_segments(body, length_s) or []
    spans = ((segment.start, segment.end, segment.speaker) for segment in segments)
    return _diarization(spans, length_s, _duration(body))


def read_words_and_turns(
    answer: object, length_s: float | None
) -> tuple[Transcription, Diarization]:
    """Read the words, and the turns of the speakers that segments or words name."""
    body = as_object(answer)
    segments, pieces = _listed(body, length_s)
    transcription = _transcription(body, segments, pieces, length_s)
    return transcription, _turns(segments, pieces, length_s)


def read_labelled_text(
    answer: object, length_s: float | None
) -> tuple[Transcription, Diarization]:
    """Read words and turns of segments with speakers, or of a text that has their labels."""
    body = as_object(answer)
    segments = read_segments(body, length_s)
    written = text(body, "text") or ""
    is_cut = False
    if not segments and has_labels(written):
        segments, is_cut = segments_of(written, length_s or _duration(body))
    elif segments and any(has_labels(segment.text) for segment in segments):
        segments = [part for segment in segments for part in split_at_labels(segment)]
    else:
        return read_words_and_turns(answer, length_s)
    transcription = _transcription({**body, "text": None}, segments, (), length_s)
    return replace(transcription, is_cut=is_cut), _turns(segments, (), length_s)


def _turns(
    segments: Sequence[Segment], pieces: Sequence[Piece], length_s: float | None
) -> Diarization:
    """Return the turns of segments and of words that have speakers."""
    spans: list[tuple[float, float, str | None]] = []
    for segment in (one for one in segments if not one.is_silence):
        if any(piece.speaker for piece in segment.pieces):
            spans.extend(_runs(segment))
        else:
            spans.append((segment.start, segment.end, segment.speaker))
    if pieces and not any(speaker for *_, speaker in spans):
        known = [time for one in pieces for time in (one.start, one.end) if time is not None]
        spans = list(_runs(Segment(0.0, length_s or max(known), "", pieces=tuple(pieces))))
    return _diarization(spans, length_s, None)


def _runs(segment: Segment) -> Iterator[tuple[float, float, str | None]]:
    """Yield when the speakers of words talk: runs of one's words, split by long silences.

    A word without times belongs to the run around it.
    """
    run: tuple[float, float, str | None] | None = None
    for piece, word in zip(segment.pieces, words_of(segment), strict=True):
        if not piece.is_timed:
            continue
        if run and run[2] == piece.speaker and word.start - run[1] <= LONGEST_PAUSE_S:
            run = run[0], max(run[1], word.end), run[2]
            continue
        if run:
            yield run
        run = word.start, word.end, piece.speaker
    if run:
        yield run


def _diarization(
    spans: Iterable[tuple[float, float, str | None]],
    length_s: float | None,
    duration: float | None,
) -> Diarization:
    """Return the turns of spans with speakers; what overlaps of one speaker counts once."""
    by_label: dict[str, list[Turn]] = {}
    for start, end, speaker in sorted(spans, key=lambda span: span[:2]):
        stop = end if length_s is None else min(end, length_s)
        if speaker is None or stop <= start:
            continue
        turns = by_label.setdefault(speaker, [])
        if turns and start < turns[-1].end:
            turns[-1] = replace(turns[-1], end=max(turns[-1].end, stop))
        else:
            turns.append(Turn(start, stop, speaker))
    turns = sorted((turn for one in by_label.values() for turn in one), key=lambda t: t.start)
    return Diarization(
        tuple(turns), tuple(by_label), duration=duration if length_s is None else length_s
    )


def _duration(body: Item) -> float | None:
    duration = number(body, "duration")
    if duration is not None and duration < 0:
        raise ValueError("duration is negative")
    return duration


def _name(body: Item, key: str) -> str | None:
    given = body.get(key)
    return given if isinstance(given, str) and given else None


def _language(body: Item) -> str | None:
    """Return the code of a language, which engines write as a code, a tag or an English name."""
    named = _name(body, "language")
    code = language_code(named) if named and _LANGUAGE.fullmatch(named) else ""
    return code if 0 < len(code) <= _LONGEST_CODE else None
