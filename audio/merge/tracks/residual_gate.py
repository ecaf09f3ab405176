"""The gate for the mic track's words: the local user's remain when the echo is removed.

The levels of the two tracks depend on gains that no user controls. Those of the residual and of
the predicted echo are of one track: a word is the user's when the residual is well over what the
canceller leaves of the echo, in double talk too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Times, edges
from audio.merge.tracks.echo_cancellation import CancelledBlock
from audio.merge.tracks.echo_reference import RATE
from audio.merge.tracks.local_speech import LocalSpeech
from audio.merge.values import Notice, Turn, Word

FRAME_S = 0.02
_FRAME = round(FRAME_S * RATE)
# A shorter window has the gaps between two periods of a low voice, or half of a plosive.
_MIN_WINDOW_S = 0.16
# The residual of a word over the noise, and over what is left of the echo: 6 dB and 4 dB.
_OVER_NOISE, _OVER_ECHO = 2.0, 1.6
# A canceller that leaves less may leave more elsewhere: in a part of a word, or after a movement.
_LEAST_LEAK = 0.12
# One step of 16 bits: a track that was gated has pauses of zeros.
_LEAST_NOISE = 1 / 32_768
_NOISE_QUANTILE, _STRONG_QUANTILE = 0.1, 0.75
# Less than 6 dB were removed.
_LITTLE = 0.5
# What the filter leaves of a copy while it converges, and the distance of a loudspeaker: 35 cm.
_NOTHING, _SAME_S = 0.03, 0.001


@dataclass(frozen=True, slots=True)
class EchoLevels:
    """The power of the residual and of the echo in frames of 20 ms, shape ``(frames,)``."""

    residual: NDArray[np.float32]
    echo: NDArray[np.float32]

    @property
    def duration(self) -> float:
        """The length of the mic track in seconds, to a frame."""
        return len(self.residual) * FRAME_S

    @property
    def leak(self) -> float:
        """The level of the residual, without the noise, over that of the echo.

        The median where the echo is strong: the user talks in fewer than half of these frames.
        """
        heard = self.echo[self.echo > 0]
        if not len(heard):
            return 0.0
        strong = self.echo >= np.quantile(heard, _STRONG_QUANTILE)
        left = np.maximum(self.residual[strong] - self.noise**2, 0)
        return float(np.sqrt(np.median(left / self.echo[strong])))

    @property
    def noise(self) -> float:
        """The level of the residual in pauses."""
        if not len(self.residual):
            return _LEAST_NOISE
        floor = np.sqrt(np.quantile(self.residual, _NOISE_QUANTILE))
        return max(float(floor), _LEAST_NOISE)

    @property
    def attenuation_db(self) -> float:
        """By how much the echo is weaker, in dB; from 0 to 60."""
        return float(-20 * np.log10(np.clip(self.leak, 1e-3, 1.0)))


class EchoMeter:
    """Measures a cancelled track while it passes."""

    def __init__(self) -> None:
        self._rest = np.empty((2, 0), np.float32)
        self._powers: list[NDArray[np.float32]] = []

    def add(self, block: CancelledBlock) -> None:
        """Measure the next samples."""
        held = np.concatenate((self._rest, np.stack((block.residual, block.echo))), axis=1)
        whole = held.shape[1] // _FRAME * _FRAME
        self._powers.append(np.square(held[:, :whole].reshape(2, -1, _FRAME)).mean(axis=2))
        self._rest = held[:, whole:]

    def levels(self) -> EchoLevels:
        """Return the powers of all frames; a last part of a frame counts as a frame."""
        last = [np.square(self._rest).mean(axis=1, keepdims=True)] if self._rest.size else []
        powers = np.concatenate([np.empty((2, 0), np.float32), *self._powers, *last], axis=1)
        return EchoLevels(powers[0], powers[1])


def select_by_residual(
    levels: EchoLevels,
    words: Sequence[Word],
    turns: Sequence[Turn],
    *,
    system_s: float | None = None,
    until_s: float = np.inf,
) -> LocalSpeech:
    """Select the local user's words and turns by the residual of the echo canceller.

    A word or turn is local when the residual, over its own window of at least 160 ms, is over
    twice the noise and over 1.6 times what is left of the echo: the leak, at least 0.12, times the
    level of the echo. Neither depends on a track's gain.

    Parameters
    ----------
    levels
        The powers of the whole mic track.
    words, turns
        The words and turns of the mic track, in any order, in seconds.
    system_s
        The length of the system track, in seconds, for the result.
    until_s
        When the mic hears the end of the system track, in seconds.

    Returns
    -------
    LocalSpeech
        In the given order. Beyond the end of either track nothing is local: what the loudspeaker
        plays then is not known.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    starts, ends = edges([*words, *turns])
    local = _are_local(levels, starts, ends) & (starts < until_s)
    return LocalSpeech(
        tuple(compress(words, local[: len(words)])),
        tuple(compress(turns, local[len(words) :])),
        levels.duration,
        system_s,
    )


def check_echo(levels: EchoLevels) -> tuple[Notice, ...]:
    """Return a warning where the echo that is left may pass for the user's words."""
    if levels.leak <= _LITTLE:
        return ()
    return (
        Notice(
            "echo_left",
            f"The loudspeaker's sound in the mic track could be made only "
            f"{levels.attenuation_db:.0f} dB weaker: words of others may have the local user's "
            "name. Headphones help.",
        ),
    )


def check_repetition(levels: EchoLevels, lag: float) -> tuple[Notice, ...]:
    """Return a warning where the mic track is the system track, and has no sound of its own.

    Parameters
    ----------
    levels
        The powers of the whole mic track.
    lag
        The lag of the mic track, in seconds. A loudspeaker's sound is later than its signal.

    """
    own, echo = float(levels.residual.sum()), float(levels.echo.sum())
    if not echo or own > _NOTHING * echo or abs(lag) > _SAME_S:
        return ()
    return (
        Notice(
            "mic_repeats_system",
            "The mic track has the sound of the system track and nothing else. Send the local "
            "user's microphone as mic_file.",
        ),
    )


def _are_local(levels: EchoLevels, starts: Times, ends: Times) -> NDArray[np.bool_]:
    widened = np.maximum(_MIN_WINDOW_S - (ends - starts), 0) / 2
    count = len(levels.residual)
    first = np.clip(np.rint((starts - widened) / FRAME_S), 0, count).astype(np.intp)
    last = np.clip(np.rint((ends + widened) / FRAME_S), first, count).astype(np.intp)
    residual, echo = (_level(powers, first, last) for powers in (levels.residual, levels.echo))
    left = _OVER_ECHO * max(levels.leak, _LEAST_LEAK) * echo
    local: NDArray[np.bool_] = (residual > _OVER_NOISE * levels.noise) & (residual > left)
    return local


def _level(powers: NDArray[np.float32], first: NDArray[np.intp], last: NDArray[np.intp]) -> Times:
    sums = np.concatenate(([0.0], np.cumsum(powers, dtype=np.float64)))
    level: Times = np.sqrt((sums[last] - sums[first]) / np.maximum(last - first, 1))
    return level
