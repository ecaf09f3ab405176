"""Transcripts cut into cues: subtitles, lines of text, and the rows of RTTM and STM."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby

from audio.formats.line_breaks import display_columns, line_breaks, line_units
from audio.merge.values import (
    Block,
    LabelledTranscript,
    LabelledWords,
    NamedTranscript,
    Transcription,
    Word,
)
from audio.merge.words.assignment import group_words
from audio.merge.words.word_spacing import LONGEST_PAUSE_S, join_words

# Subtitles are read at a glance: a sentence, at most two lines of 42 columns, at most 7 s, and
# never across a pause.
LONGEST_CUE_S = 7.0
LONGEST_LINE_COLUMNS = 42
LONGEST_CUE_COLUMNS = 2 * LONGEST_LINE_COLUMNS
_SENTENCE_END = re.compile(r"[.?!…。？！｡؟۔।॥։።៕။][\"'”’»」』）)\]]*$")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Cue:
    """Text shown, or drawn, from start to end, in seconds; empty where no words are known."""

    start: float
    end: float
    text: str
    speaker: str = ""


def sentence_cues(transcription: Transcription) -> list[Cue]:
    """Cut a transcription into sentences short enough to read; without words it is one cue."""
    if not transcription.words:
        text = transcription.text
        return [Cue(0.0, duration_of(transcription), text)] if text else []
    return _cut(transcription.words, "")


def labelled_sentence_cues(labelled: LabelledWords) -> list[Cue]:
    """Cut words into sentences short enough to read, each of one speaker."""
    pairs = zip(labelled.words, labelled.speakers, strict=True)
    return [
        cue
        for speaker, own in groupby(pairs, key=lambda pair: pair[1])
        for cue in _cut([word for word, _ in own], speaker)
    ]


def subtitle_cues(transcript: LabelledTranscript | NamedTranscript) -> list[Cue]:
    """Cut the blocks of a transcript into sentences short enough to read."""
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return transcript_cues(transcript)
    return [
        cue
        for block, whole in zip(transcript.blocks, _cues_of(transcript.blocks), strict=True)
        for cue in (_cut(block.words, block.speaker) if block.words else cut_cues([whole]))
    ]


def cut_cues(cues: Iterable[Cue]) -> list[Cue]:
    """Cut cues into sentences short enough to read, as if their text were spoken evenly.

    A cue without text is unchanged.
    """
    return [short for cue in cues for short in _cut_evenly(cue)]


def shown_briefly(cues: Iterable[Cue]) -> list[Cue]:
    """Limit the time that each cue with text is shown, where it could not be cut shorter."""
    return [
        replace(cue, end=min(cue.end, cue.start + LONGEST_CUE_S)) if cue.text else cue
        for cue in cues
    ]


def block_cues(labelled: LabelledWords) -> list[Cue]:
    """Return one cue per block: words of one speaker, without a pause or a change of speaker."""
    return _cues_of(group_words(labelled.words, labelled.speakers))


def transcript_cues(transcript: LabelledTranscript | NamedTranscript) -> list[Cue]:
    """Return one cue per block, or per turn for a transcript without words."""
    if isinstance(transcript, NamedTranscript) and transcript.turns:
        return [Cue(turn.start, turn.end, "", turn.speaker) for turn in transcript.turns]
    return _cues_of(transcript.blocks)


def duration_of(transcription: Transcription) -> float:
    """Return the duration that the engine reports, else the end of the last word, in seconds."""
    if transcription.duration is not None:
        return transcription.duration
    return max((word.end for word in transcription.words), default=0.0)


def _cut_evenly(cue: Cue) -> list[Cue]:
    words = _evenly_spoken(Word(cue.start, cue.end, cue.text), _columns_beside(cue.speaker))
    return _cut(words, cue.speaker) if words else [cue]


def _cut(given: Sequence[Word], speaker: str) -> list[Cue]:
    """Cut the words of one speaker."""
    most = _columns_beside(speaker)
    words = [part for word in given if word.text.strip() for part in _short_parts(word, most)]
    line, begin, cues = _line_of(words), 0, []
    for at in range(1, len(words)):
        is_apart = words[at].start - words[at - 1].end > LONGEST_PAUSE_S
        is_apart = is_apart or words[at].segment != words[at - 1].segment
        if is_apart or (at in line.breaks and _has_ended(words[begin:at])):
            cues.append(words[begin:at])
            begin = at
        while begin < at and _is_too_long(words, line, slice(begin, at), most):
            cut = next((one for one in range(at, begin, -1) if one in line.breaks), at)
            cues.append(words[begin:cut])
            begin = cut
    return [_cue(own, speaker) for own in (*cues, words[begin:]) if own]


@dataclass(frozen=True, slots=True)
class _Line:
    """Words in one line: the columns at which each starts and ends, and which may begin a line."""

    starts: Sequence[int]
    ends: Sequence[int]
    breaks: Set[int]


def _line_of(words: Sequence[Word]) -> _Line:
    text = join_words(words)
    allowed, at, column = line_breaks(text), 0, 0
    starts, ends, breaks = [], [], set()
    for index, word in enumerate(words):
        spelling = word.text.strip()
        start = text.index(spelling, at)
        if start in allowed:
            breaks.add(index)
        starts.append(column + display_columns(text[at:start]))
        ends.append(starts[-1] + display_columns(spelling))
        at, column = start + len(spelling), ends[-1]
    return _Line(starts, ends, breaks)


def _is_too_long(words: Sequence[Word], line: _Line, span: slice, most_columns: int) -> bool:
    begin: int = span.start
    last: int = span.stop
    return (
        words[last].end - words[begin].start > LONGEST_CUE_S
        or line.ends[last] - line.starts[begin] > most_columns
    )


def _columns_beside(speaker: str) -> int:
    """Return the columns that are left beside a name, at least a line."""
    name = display_columns(f"{speaker}: ") if speaker else 0
    return max(LONGEST_CUE_COLUMNS - name, LONGEST_LINE_COLUMNS)


def _short_parts(word: Word, most_columns: int) -> list[Word]:
    """Return the word, or its parts where it is a text too long for a cue."""
    is_short = display_columns(word.text.strip()) <= most_columns
    if is_short and word.end - word.start <= LONGEST_CUE_S:
        return [word]
    return _evenly_spoken(word, most_columns)


def _evenly_spoken(word: Word, most_columns: int) -> list[Word]:
    """Split a text where lines may break, and its time in proportion to the columns."""
    units = line_units(word.text.strip(), most_columns)
    columns = [display_columns(unit) for unit in units]
    total = max(sum(columns), 1)
    parts, passed, gap = [], 0, word.gap
    for unit, width in zip(units, columns, strict=True):
        start, end = (
            word.start + (word.end - word.start) * share / total
            for share in (passed, passed + width)
        )
        text = unit.rstrip()
        parts.append(Word(start, end, text, gap))
        passed, gap = passed + width, " " if text != unit else ""
    return parts


def _has_ended(words: Sequence[Word]) -> bool:
    """Return whether a sentence ends here: with its mark, a closing quote, or both as words."""
    return bool(_SENTENCE_END.search("".join(word.text for word in words[-3:])))


def _cue(words: Sequence[Word], speaker: str) -> Cue:
    end = max(word.end for word in words)
    return Cue(words[0].start, end, join_words(words), speaker)


def _cues_of(blocks: Iterable[Block]) -> list[Cue]:
    return [Cue(b.start_ms / 1000, b.end_ms / 1000, b.text, b.speaker) for b in blocks]
