"""Which words and turns of the mic track are the local user's.

The microphone also hears the others, from the loudspeaker: their bleed is transcribed and diarized
like the user's own speech. What is the user's is decided by the user's recorder (``self_vad``), or
by comparing the two tracks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from audio.merge.diarized_speakers import speaking_time
from audio.merge.intervals import Timed, Times, edges, overlap
from audio.merge.tracks.loudness import Track, measure_levels
from audio.merge.values import Diarization, Embedding, Notice, Span, Turn, Word

# The user is much nearer to the microphone than the loudspeaker is; equal levels are bleed.
LOUDER = 1.2
# A word given without length, or shorter than a syllable, is judged with what surrounds it.
MIN_WINDOW_S = 0.08
# Less speech gives a fingerprint that changes with what is said.
MIN_ENROLLED_S = 3.0
# Recorders stop their two tracks this far apart without losing a word.
LENGTHS_MAY_DIFFER_S = 0.5
MIC = "mic"


@dataclass(frozen=True, slots=True)
class LocalSpeech:
    """The words and turns of the mic track that are the local user's.

    ``mic_s`` and ``system_s`` are the lengths of the tracks where they were read, else None.
    """

    words: tuple[Word, ...]
    turns: tuple[Turn, ...]
    mic_s: float | None = None
    system_s: float | None = None


@dataclass(frozen=True, slots=True)
class UserVoice:
    """The local user's fingerprint, and the turns it was taken from, under the label ``mic``."""

    embedding: Embedding | None
    turns: tuple[Turn, ...]
    enrolled_s: float


def select_by_level(
    mic: Track, system: Track, words: Sequence[Word], turns: Sequence[Turn]
) -> LocalSpeech:
    """Tell which words and turns are the local user's, by how loud the two tracks are.

    Local is what is more than 1.2 times as loud on the mic track as on the system track, over the
    word's or turn's own window, widened to 80 ms where it is shorter. Beyond the end of either
    track nothing is local. Each track is read once.

    Parameters
    ----------
    mic, system
        Aligned at their first samples, each at its own sample rate in Hz.
    words, turns
        Of the mic track, in any order, in seconds.

    Returns
    -------
    LocalSpeech
        In the order given; nothing is local on a silent mic.

    Raises
    ------
    ValueError
        When a time is not finite or a sample rate not positive.

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
    """Tell which words and turns are the local user's, by when the user is known to speak.

    Local is a word that overlaps one of the spans (touching is no overlap; a word without length
    is judged over 80 ms), and a turn at least half of which the spans cover.

    Parameters
    ----------
    self_vad
        In any order, in seconds; no spans leave nothing.
    words, turns
        Of the mic track, in any order, in seconds.

    Returns
    -------
    LocalSpeech
        In the order given.

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
    """Tell what the local user sounds like.

    The fingerprint of the mic track's speaker who talks longest in local turns, for at least 3 s.
    A speaker most of whose time is bleed is not considered: that fingerprint is somebody else's.

    Parameters
    ----------
    diarization
        Of the mic track.
    local_turns
        Those of its turns that are the local user's. Ties go to the speaker who comes first in
        them.

    Returns
    -------
    UserVoice
        Without a fingerprint when nobody has enough local time, or the engine gave that speaker
        none. ``enrolled_s`` is the local time found, in seconds, also when it is too little.

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


def check_lengths(mic_s: float | None, system_s: float | None) -> tuple[Notice, ...]:
    """Tell whether one track ends so early that something may be missing.

    Parameters
    ----------
    mic_s, system_s
        How long the tracks are, in seconds; None when nobody knows.

    Returns
    -------
    tuple of Notice
        One notice when they differ by more than 0.5 s, else none.

    """
    if mic_s is None or system_s is None or abs(mic_s - system_s) <= LENGTHS_MAY_DIFFER_S:
        return ()
    return (
        Notice(
            "tracks_differ_in_length",
            f"The mic track lasts {mic_s:.1f} s, the system track {system_s:.1f} s: beyond the "
            "shorter one nothing counts as the local user's unless self_vad says so.",
        ),
    )


def _windows(items: Sequence[Timed]) -> tuple[Times, Times]:
    """Return the stretches to listen to: at least 80 ms, not begun before the recording."""
    starts, ends = edges(items)
    missing = np.maximum(MIN_WINDOW_S - (ends - starts), 0.0)
    starts = np.where(missing > 0, np.maximum(starts - missing / 2, 0.0), starts)
    return starts, np.where(missing > 0, starts + MIN_WINDOW_S, ends)
