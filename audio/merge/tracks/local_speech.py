"""The words, turns and voice of the local user, selected from the mic track.

The microphone also records the other speakers, from the loudspeaker: this bleed is transcribed and
diarized like the user's own speech. The user's speech is selected by voice activity of the user's
recorder (``self_vad``), or by comparing the levels of the two tracks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from audio.merge.diarized_speakers import speaking_time
from audio.merge.intervals import Timed, Times, edges, overlap
from audio.merge.tracks.loudness import Track, measure_levels
from audio.merge.values import Diarization, Embedding, Notice, Span, Turn, Word

# The user is much nearer to the microphone than the loudspeaker; equal levels are bleed.
LOUDER = 1.2
# A word without length, or shorter than a syllable, is measured with its surroundings.
MIN_WINDOW_S = 0.08
# An embedding of less speech depends on the words.
MIN_ENROLLED_S = 3.0
# Recorders stop their two tracks up to this far apart without losing a word.
LENGTHS_MAY_DIFFER_S = 0.5
MIC = "mic"


@dataclass(frozen=True, slots=True)
class LocalSpeech:
    """The words and turns of the mic track that are the local user's.

    ``mic_s`` and ``system_s`` are the lengths of the tracks where they were read, else None.
    ``is_gated`` is false where every word is the user's, because the mic hears no loudspeaker.
    """

    words: tuple[Word, ...]
    turns: tuple[Turn, ...]
    mic_s: float | None = None
    system_s: float | None = None
    is_gated: bool = True


@dataclass(frozen=True, slots=True)
class UserVoice:
    """The local user's embedding, and the turns it was computed from, under the label ``mic``."""

    embedding: Embedding | None
    turns: tuple[Turn, ...]
    enrolled_s: float


def select_all(
    words: Sequence[Word],
    turns: Sequence[Turn],
    *,
    mic_s: float | None = None,
    system_s: float | None = None,
) -> LocalSpeech:
    """Select every word and turn: a mic without echo has no words of other people."""
    return LocalSpeech(tuple(words), tuple(turns), mic_s, system_s, is_gated=False)


def select_by_level(
    mic: Track, system: Track, words: Sequence[Word], turns: Sequence[Turn]
) -> LocalSpeech:
    """Select the local user's words and turns by the levels of the two tracks.

    A word or turn is local when it is more than 1.2 times as loud on the mic track as on the
    system track, over its own window, widened to 80 ms where it is shorter. Beyond the end of
    either track nothing is local. Each track is read once.

    Parameters
    ----------
    mic, system
        Aligned at their first samples, each at its own sample rate in Hz.
    words, turns
        The words and turns of the mic track, in any order, in seconds.

    Returns
    -------
    LocalSpeech
        In the given order; empty for a silent mic track.

    Raises
    ------
    ValueError
        When a time is not finite, or a sample rate is not positive.

    """
    starts, ends = _windows([*words, *turns])
    theirs = measure_levels(system, starts, ends)
    ours = measure_levels(mic, starts, ends, until_s=theirs.duration)
    local = ours.rms > LOUDER * theirs.rms
    return LocalSpeech(
        tuple(compress(words, local[: len(words)])),
        tuple(compress(turns, local[len(words) :])),
        ours.duration,
        theirs.duration,
    )


def select_by_vad(
    self_vad: Sequence[Span], words: Sequence[Word], turns: Sequence[Turn]
) -> LocalSpeech:
    """Select the local user's words and turns by the user's voice activity.

    A word is local when it overlaps one of the spans (touching is not overlap; a word without
    length is widened to 80 ms), a turn when the spans cover at least half of it.

    Parameters
    ----------
    self_vad
        In any order, in seconds; without spans nothing is local.
    words, turns
        The words and turns of the mic track, in any order, in seconds.

    Returns
    -------
    LocalSpeech
        In the given order.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> words = [Word(1.0, 3.0, "mine"), Word(2.0, 3.0, "bleed")]
    >>> select_by_vad([Span(0.0, 2.0)], words, []).words
    (Word(start=1.0, end=3.0, text='mine'),)

    """
    spans = edges(self_vad)
    starts, ends = edges(words)
    wide_starts, wide_ends = _windows(words)
    instant = ends <= starts
    spoken = overlap(
        np.where(instant, wide_starts, starts), np.where(instant, wide_ends, ends), spans
    )
    turn_starts, turn_ends = edges(turns)
    covered = overlap(turn_starts, turn_ends, spans)
    local_turns = (covered > 0) & (covered >= (turn_ends - turn_starts) / 2)
    return LocalSpeech(tuple(compress(words, spoken > 0)), tuple(compress(turns, local_turns)))


def find_user_voice(diarization: Diarization, local_turns: Sequence[Turn]) -> UserVoice:
    """Find the local user's voice among the speakers of the mic track.

    It is the embedding of the speaker who talks longest in local turns, for at least 3 s. A
    speaker most of whose time is bleed is not considered: that embedding is another person's.

    Parameters
    ----------
    diarization
        The diarization of the mic track.
    local_turns
        The turns that are the local user's. Ties go to the speaker who comes first in them.

    Returns
    -------
    UserVoice
        Without an embedding when no speaker has enough local time, or the engine gave that speaker
        none. ``enrolled_s`` is the local time found, in seconds, also when it is too short.

    """
    whole = speaking_time(diarization.turns)
    local = {
        label: seconds
        for label, seconds in speaking_time(local_turns).items()
        if seconds > whole.get(label, 0.0) / 2
    }
    if not local:
        return UserVoice(None, (), 0.0)
    user = max(local, key=local.__getitem__)
    enrolled_s = round(local[user], 3)
    return UserVoice(
        diarization.embeddings.get(user) if enrolled_s >= MIN_ENROLLED_S else None,
        tuple(Turn(turn.start, turn.end, MIC) for turn in local_turns if turn.speaker == user),
        enrolled_s,
    )


def check_lengths(
    mic_s: float | None, system_s: float | None, *, is_gated: bool = True
) -> tuple[Notice, ...]:
    """Return a warning where one track ends so early that speech may be missing.

    Parameters
    ----------
    mic_s, system_s
        The lengths of the tracks, in seconds; None where unknown.
    is_gated
        Whether words of the mic track are dropped where the other track has ended.

    Returns
    -------
    tuple of Notice
        One notice when they differ by more than 0.5 s, else empty.

    """
    if mic_s is None or system_s is None or abs(mic_s - system_s) <= LENGTHS_MAY_DIFFER_S:
        return ()
    consequence = (
        "beyond the shorter one nothing counts as the local user's unless self_vad says so."
        if is_gated
        else "the shorter one may have ended too early."
    )
    return (
        Notice(
            "tracks_differ_in_length",
            f"The mic track lasts {mic_s:.1f} s, the system track {system_s:.1f} s: {consequence}",
        ),
    )


def _windows(items: Sequence[Timed]) -> tuple[Times, Times]:
    """Return each item's window: at least 80 ms long, starting at 0 s or later."""
    starts, ends = edges(items)
    missing = np.maximum(MIN_WINDOW_S - (ends - starts), 0.0)
    starts = np.where(missing > 0, np.maximum(starts - missing / 2, 0.0), starts)
    return starts, np.where(missing > 0, starts + MIN_WINDOW_S, ends)
