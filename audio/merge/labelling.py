"""Which speaker said which block, before anybody has a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from audio.merge.assignment import group_words, label_words
from audio.merge.naming import speakers_of
from audio.merge.overlaps import share_overlaps
from audio.merge.timeline import (
    UNKNOWN_SPEAKER,
    Block,
    Diarization,
    LabelledWords,
    Notice,
    Transcription,
    Turn,
    Word,
)

TEXT_WITHOUT_WORDS = Notice(
    "text_without_words",
    "The engine gave a text without the times of its words: it stands as one block.",
)
# Sortformer, whose models are named 4spk, has four outputs; a fifth speaker falls to one of them.
SPEAKER_LIMIT = 4


@dataclass(frozen=True, slots=True)
class LabellingRule:
    """Whose a word is that lies in no turn, or in two.

    ``tolerance_s`` is the largest gap, in seconds, between a word and the turn it is given to.
    With ``share_overlaps`` two speakers' overlapping turns part in the middle; without, the turn
    that starts first has the words of both.
    """

    tolerance_s: float = 0.0
    share_overlaps: bool = False


PLAIN_RULE = LabellingRule()


def label_blocks(
    diarization: Diarization,
    transcription: Transcription,
    *,
    rule: LabellingRule = PLAIN_RULE,
) -> tuple[tuple[Block, ...], tuple[Notice, ...]]:
    """Tell which speaker said which block.

    A text without words becomes one block over the whole recording, of the speaker of the longest
    turn.

    Parameters
    ----------
    diarization, transcription
        Of one recording, times in seconds.
    rule
        Whose a word is that lies in no turn, or in two.

    Returns
    -------
    tuple
        Blocks by start, with labels for speakers, and what the reader should know; both empty for
        no text.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> talk = Diarization((Turn(0.0, 2.0, "Speaker_0"),), ("Speaker_0",))
    >>> label_blocks(talk, Transcription("Hi.", (Word(0.5, 1.0, "Hi."),)))
    ((Block(start_ms=500, end_ms=1000, speaker='Speaker_0', text='Hi.'),), ())

    """
    labelled = label_transcription(diarization, transcription, rule=rule)
    return tuple(group_words(labelled.words, labelled.speakers)), labelled.warnings


def label_transcription(
    diarization: Diarization,
    transcription: Transcription,
    *,
    rule: LabellingRule = PLAIN_RULE,
) -> LabelledWords:
    """Tell which speaker said each word of a transcription.

    A text without words becomes one word over the whole recording, of the speaker of the longest
    turn.

    Parameters
    ----------
    diarization, transcription
        Of one recording, times in seconds.
    rule
        Whose a word is that lies in no turn, or in two.

    Returns
    -------
    LabelledWords
        With labels for speakers; without words where nothing was said.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    words, notices = spoken_words(diarization, transcription)
    if notices:
        speakers = [_longest_turn_speaker(diarization.turns)]
    else:
        turns = diarization.turns
        turns = share_overlaps(turns) if rule.share_overlaps else turns
        speakers = label_words(words, turns, tolerance_s=rule.tolerance_s)
    return LabelledWords(words, tuple(speakers), notices)


def spoken_words(
    diarization: Diarization, transcription: Transcription
) -> tuple[tuple[Word, ...], tuple[Notice, ...]]:
    """Tell what was said and when: the words that have text.

    Parameters
    ----------
    diarization, transcription
        Of one recording, times in seconds.

    Returns
    -------
    tuple
        The words, and a notice when they are a single one that holds the whole text from start to
        end, because the engine gave no words.

    """
    words = tuple(word for word in transcription.words if word.text.strip())
    if words or not transcription.text.strip():
        return words, ()
    return (Word(0.0, length_of(diarization, transcription), transcription.text),), (
        TEXT_WITHOUT_WORDS,
    )


def speaker_limit(*heard: Diarization) -> tuple[Notice, ...]:
    """Tell whether an engine found as many speakers as it can tell apart.

    Parameters
    ----------
    heard
        Engines' answers, each of one chunk or track; not of a recording linked from chunks.

    Returns
    -------
    tuple of Notice
        One notice when any of them has four speakers or more, else none.

    Examples
    --------
    >>> speaker_limit(Diarization((), ("A", "B", "C")), Diarization((), ("A",)))
    ()

    """
    most = max((len(speakers_of(one)) for one in heard), default=0)
    if most < SPEAKER_LIMIT:
        return ()
    return (
        Notice(
            "speaker_limit_reached",
            f"The engine found {most} speakers. Engines may tell no more than {SPEAKER_LIMIT} "
            "apart at once: others may be mixed in with these.",
        ),
    )


def length_of(diarization: Diarization, transcription: Transcription | None) -> float:
    """Tell how long a recording is, in seconds.

    The larger of the engines' two answers; where neither says, the end of the last turn or word;
    else 0.
    """
    said = [diarization.duration, transcription.duration if transcription else None]
    known = [duration for duration in said if duration is not None]
    words = transcription.words if transcription else ()
    return max(
        known or [*(turn.end for turn in diarization.turns), *(word.end for word in words), 0.0]
    )


def _longest_turn_speaker(turns: Sequence[Turn]) -> str:
    """Return the speaker of the longest turn, the first of equals."""
    if not turns:
        return UNKNOWN_SPEAKER
    return max(turns, key=lambda turn: turn.end - turn.start).speaker
