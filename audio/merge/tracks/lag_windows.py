"""The lag of the mic track behind the system track, window by window, by GCC-PHAT.

What the loudspeaker plays is on both tracks. The generalized cross-correlation with phase
transform has a peak at the lag between the two, also far below the user's own speech. Both tracks
are levelled first, frame by frame: otherwise the user's loud words hide the pauses between them,
in which the echo is heard best.

Conventions
-----------
A lag is positive where the mic track is behind. Times are seconds on the mic track.

Sources
-------
C. Knapp and G. Carter, "The generalized correlation method for estimation of time delay", IEEE
Transactions on Acoustics, Speech, and Signal Processing 24 (1976).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import Times
from audio.merge.tracks.loudness import Track

Samples = NDArray[np.float32]

# Half the rate of the tracks: speech and small loudspeakers have little above 3.5 kHz.
RATE = 8_000
BAND_HZ = (200.0, 3500.0)
# Windows this long contain a turn, and the lag of two clocks changes little within one.
WINDOW_S, STEP_S = 12.0, 4.0
# Around the last lag, and where that finds nothing: a recorder that omits pauses is soon late.
NEAR_S, FAR_S = 5.5, 30.0
# The peak over the mean. White noise of this length has 6, and unrelated speech has up to 11, on
# 26 made meetings without echo or with one outside the range; with echo, 22 and more.
SHARP = 12.0
# In frames of this length both tracks get one level, down to this share of the loudest.
_FRAME = RATE // 20
_QUIETEST = 0.01
# A window with fewer frames that sound holds too little speech to correlate.
_LEAST_SOUNDING = 0.05
# A peak of this share of the highest may be the right one; a room spreads one over this time.
_NEARLY, _ONE_PEAK_S = 0.7, 0.02
# The correlation is remembered this far around the peak, 8 ms: the reflections of a room.
_PROFILE = RATE // 125
# A half-band filter (Hamming window, 23 taps): the upper half would otherwise fold into the band.
_TAPS = np.array(
    [0.5 * np.sinc(tap / 2) * (0.54 + 0.46 * np.cos(np.pi * tap / 11)) for tap in range(-11, 12)],
    dtype=np.float32,
)


@dataclass(frozen=True, slots=True)
class LagWindow:
    """The lag in one window; ``tail`` is the energy after the peak over that before it.

    ``tail`` is over 1 where the mic track hears the system track, because a room answers later,
    and under 1 where the system track hears the mic track. ``profile`` is the correlation at the
    lags ``profile_lags``; it is empty where nothing is known but the lag.
    """

    start: float
    end: float
    lag: float
    sharpness: float
    tail: float
    profile: Samples = field(default_factory=lambda: np.empty(0, np.float32), compare=False)

    @property
    def profile_lags(self) -> Times:
        """The lags of the profile, in seconds, around ``lag``."""
        return self.lag + (np.arange(len(self.profile)) - len(self.profile) // 2) / RATE


@dataclass(frozen=True, slots=True)
class LagMeasurement:
    """The windows that sound, in order, and the levels of both tracks, each over ``frame_s``."""

    windows: tuple[LagWindow, ...]
    mic_levels: Samples
    system_levels: Samples
    frame_s: float

    def sharper_than(self, sharpness: float) -> list[LagWindow]:
        """Return the windows with at least this sharpness."""
        return [window for window in self.windows if window.sharpness >= sharpness]


def measure_lags(mic: Track, system: Track) -> LagMeasurement:
    """Measure the lag of the mic track in windows of 12 s, every 4 s.

    Windows in which either track is silent are left out. Each is searched within 5.5 s of the last
    sharp lag, and if that finds none, within 30 s. Of lags that are nearly as likely, the one that
    is nearest to the last counts: people repeat themselves. At most 90 s of each track are in
    memory, and a level for each 50 ms.

    Parameters
    ----------
    mic, system
        Tracks of 16 kHz.

    Returns
    -------
    LagMeasurement
        With the windows in order. A track shorter than a window is one window.

    """
    ours, theirs = _Levelled(mic.blocks()), _Levelled(system.blocks())
    length, step = round(WINDOW_S * RATE), round(STEP_S * RATE)
    windows: list[LagWindow] = []
    start, centre, searched_far = 0, 0, -length
    while ours.reaches(start + length) or start == 0:
        window = ours.between(start, start + length)
        found = None
        if _sounds(window):
            found = _search(window, theirs, start, centre, NEAR_S)
            if not _is_sharp(found) and start - searched_far >= length:
                searched_far = start
                found = _sharper(found, _search(window, theirs, start, centre, FAR_S))
        if found is not None:
            windows.append(found)
            centre = round(found.lag * RATE) if _is_sharp(found) else centre
        start += step
        ours.drop_before(start)
        theirs.drop_before(start - centre - round(FAR_S * RATE) - length)
    theirs.reaches(start + length)
    return LagMeasurement(tuple(windows), ours.levels(), theirs.levels(), _FRAME / RATE)


def look_for_echo(mic: Samples, system: Samples) -> float:
    """Return the sharpness of one circular correlation of two short tracks: a quick first look.

    A quarter of the band and one transform for each track are enough to see that two recordings
    have nothing in common; they do not find the lag.

    Parameters
    ----------
    mic, system
        Samples at 16 kHz, shape ``(samples,)``; the longer track is cut.

    Returns
    -------
    float
        The peak over the mean; 0 where a track is empty or silent.

    """
    length = min(len(mic), len(system)) // 4
    if not length:
        return 0.0
    length = scipy.fft.prev_fast_len(length, real=True)
    one, other = (
        scipy.fft.rfft(_even(_quarter(track, length), RATE // 40)) for track in (mic, system)
    )
    cross = one * other.conj()
    cross[: round(BAND_HZ[0] * length / (RATE / 2))] = 0
    size = np.abs(cross)
    cross /= size + np.float32(1e-12)
    correlation = np.abs(scipy.fft.irfft(cross))
    mean = float(correlation.mean())
    return float(correlation.max()) / mean if mean > 0 else 0.0


def _quarter(track: Samples, length: int) -> Samples:
    """Return the sums of four samples each: a coarse low-pass, which is enough for a look."""
    four = track[: 4 * length]
    quarter: Samples = four[0::4] + four[1::4] + four[2::4] + four[3::4]
    return quarter


def _search(
    window: Samples, theirs: "_Levelled", start: int, centre: int, around_s: float
) -> LagWindow | None:
    around = round(around_s * RATE)
    begin = start - centre - around
    stretch = theirs.between(begin, begin + len(window) + 2 * around)
    if not _sounds(stretch):
        return None
    correlation = _correlate(window, stretch, around)
    size = np.abs(correlation)
    peak = _nearest_peak(size, around) if around_s == NEAR_S else int(np.argmax(size))
    mean = float(size.mean())
    lag = centre - around + peak + _vertex(size, peak)
    return LagWindow(
        start / RATE,
        (start + len(window)) / RATE,
        lag / RATE,
        float(size[peak]) / mean if mean > 0 else 0.0,
        _tail(size, peak, mean),
        np.pad(size, _PROFILE)[peak : peak + 2 * _PROFILE + 1].copy(),
    )


def _correlate(window: Samples, stretch: Samples, around: int) -> Samples:
    """Return the correlation at the lags from ``-around`` to ``around``."""
    length = scipy.fft.next_fast_len(len(stretch), real=True)
    cross = scipy.fft.rfft(window, length) * scipy.fft.rfft(stretch, length).conj()
    frequencies = scipy.fft.rfftfreq(length, 1 / RATE)
    cross[(frequencies < BAND_HZ[0]) | (frequencies > BAND_HZ[1])] = 0
    cross /= np.abs(cross) + np.float32(1e-12)
    circular = scipy.fft.irfft(cross, length)
    # The window is at ``around`` in the stretch where the lag is 0, and earlier where it is late.
    return np.concatenate((circular[length - 2 * around :], circular[:1]))


def _nearest_peak(size: Samples, centre: int) -> int:
    """Return the highest peak, or one nearly as high that is nearer to the centre."""
    high = np.flatnonzero(size >= _NEARLY * size.max())
    nearest = int(high[np.argmin(np.abs(high - centre))])
    around = round(_ONE_PEAK_S * RATE)
    begin = max(0, nearest - around)
    return begin + int(np.argmax(size[begin : nearest + around]))


def _vertex(size: Samples, peak: int) -> float:
    """Return where the parabola through the peak and its neighbours is highest, in samples."""
    if not 0 < peak < len(size) - 1:
        return 0.0
    before, at, after = (float(one) for one in size[peak - 1 : peak + 2])
    bend = before - 2 * at + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend


def _tail(size: Samples, peak: int, mean: float) -> float:
    """Compare the energy 2 to 60 ms after the peak with that before it, both without noise."""
    near, far = round(0.002 * RATE), round(0.06 * RATE)
    noise = np.pi / 2 * mean * mean
    after, before = (
        max(float(np.square(part).sum()) / (far - near) - noise, 0.05 * noise)
        for part in (size[peak + near : peak + far], size[max(0, peak - far) : peak - near])
    )
    return after / before


def _is_sharp(window: LagWindow | None) -> bool:
    return window is not None and window.sharpness >= SHARP


def _sharper(one: LagWindow | None, other: LagWindow | None) -> LagWindow | None:
    known = [window for window in (one, other) if window is not None]
    return max(known, key=lambda window: window.sharpness, default=None)


def _sounds(samples: Samples) -> bool:
    return bool(np.count_nonzero(np.abs(samples) > 0.1) > _LEAST_SOUNDING * len(samples))


def _even(samples: Samples, frame: int) -> Samples:
    """Give each frame the same level; frames under 1 % of the loudest stay quiet."""
    whole = len(samples) // frame * frame
    frames = samples[:whole].reshape(-1, frame)
    level = np.sqrt(np.einsum("ij,ij->i", frames, frames) / np.float32(frame))
    level = np.maximum(level, np.float32(_QUIETEST) * level.max(initial=0.0) + np.float32(1e-9))
    even: Samples = (frames / level[:, np.newaxis]).ravel()
    return even


class _Levelled:
    """A track at half its rate with an even level, read as far as it is needed."""

    def __init__(self, blocks: Iterable[Samples]) -> None:
        self._blocks = iter(blocks)
        self._held: list[Samples] = [np.empty(0, np.float32)]
        self._start = self._end = 0
        self._whole_rate = np.zeros(_TAPS.size // 2, np.float32)
        self._halved = np.empty(0, np.float32)
        self._loudest = 0.0
        self._ended = False
        self._levels: list[Samples] = [np.empty(0, np.float32)]

    def levels(self) -> Samples:
        """Return the level of each frame that was read, before it was made even."""
        return np.concatenate(self._levels)

    def reaches(self, end: int) -> bool:
        """Whether the track has this many samples."""
        while not self._ended and self._end < end:
            self._read()
        return self._end >= end

    def between(self, begin: int, end: int) -> Samples:
        """Return the samples of a range, silence outside the track."""
        self.reaches(end)
        self._held = [np.concatenate(self._held)]
        samples = np.zeros(end - begin, np.float32)
        at, until = max(begin, self._start), min(end, self._end)
        if at < until:
            samples[at - begin : until - begin] = self._held[0][
                at - self._start : until - self._start
            ]
        return samples

    def drop_before(self, begin: int) -> None:
        begin = min(begin, self._end)
        if begin > self._start:
            self._held = [np.concatenate(self._held)[begin - self._start :].copy()]
            self._start = begin

    def _read(self) -> None:
        block = next(self._blocks, None)
        self._ended = block is None
        samples = np.zeros(2 * _FRAME, np.float32) if block is None else np.nan_to_num(block)
        self._whole_rate = np.concatenate((self._whole_rate, samples))
        count = max(0, (len(self._whole_rate) - _TAPS.size + 1) // 2)
        halved = np.zeros(count, np.float32)
        for tap in np.flatnonzero(np.abs(_TAPS) > 1e-6):
            halved += _TAPS[tap] * self._whole_rate[tap : tap + 2 * count : 2]
        self._whole_rate = self._whole_rate[2 * count :]
        self._halved = np.concatenate((self._halved, halved))
        self._level()

    def _level(self) -> None:
        whole = len(self._halved) // _FRAME
        if not whole:
            return
        frames = self._halved[: whole * _FRAME].reshape(whole, _FRAME)
        levels = np.sqrt(np.square(frames).mean(axis=1))
        self._levels.append(levels)
        loudest = np.maximum(np.maximum.accumulate(levels), self._loudest)
        self._loudest = float(loudest[-1])
        even = frames / np.maximum(levels, _QUIETEST * loudest + 1e-9)[:, np.newaxis]
        self._halved = self._halved[whole * _FRAME :]
        self._held.append(even.astype(np.float32).ravel())
        self._end += whole * _FRAME
