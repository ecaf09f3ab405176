"""An adaptive filter that predicts the echo from the reference, and subtracts it.

A partitioned-block frequency-domain Kalman filter: for each frequency of each block of the past
250 ms it has a gain and the gain's uncertainty, and moves a gain the more, the less certain it is
and the less the user talks. It subtracts what it predicts and nothing else, so that the user's own
words stay as they are.

Conventions
-----------
Blocks are ``BLOCK`` samples of 16 kHz. Arrays are ``(references, partitions, frequencies)``.

Sources
-------
G. Enzner and P. Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in
hands-free telephones", Signal Processing 86 (2006).
F. Kuech, E. Mabande and G. Enzner, "State-space architecture of the partitioned-block-based
acoustic echo controller", ICASSP 2014.
"""

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.tracks.lag_windows import Samples

Spectra = NDArray[np.complex64]

BLOCK = 512
TAIL_S = 0.25
PARTITIONS = int(np.ceil(TAIL_S * 16_000 / BLOCK))
# The samples, and their peaks: a sum of both is a loudspeaker that saturates. The cube of the
# samples (a common choice) was 5 dB worse on made meetings without distortion, and no better with.
REFERENCES = 2
# The level that both tracks are brought to: the constants below depend on it.
LEVEL = 0.1
# Chosen on the meetings of `benchmarks.synthetic.two_track_meetings` by the mean attenuation in
# double talk; each may be halved or doubled at the cost of less than 1 dB.
_FORGETTING = 0.9997
_FIRST_UNCERTAINTY, _LATER_UNCERTAINTY = 0.1, 3e-4
_NEAR_END, _NEAR_END_MEMORY = 3.0, 0.8
_TINY = 1e-8
# A reference this far under speech moves no gain: what it predicts is less than noise.
_SILENT = LEVEL * 0.003
# A loudspeaker that is too small for its level makes peaks over this smaller.
_SATURATED = 1.5 * LEVEL


class EchoFilter:
    """The state of the filter; feed it blocks in order.

    Partitions are in order of time: the last is of the newest block.

    Parameters
    ----------
    gains
        Those of a filter that has converged, to begin with; zeros where None.

    """

    def __init__(self, gains: Spectra | None = None) -> None:
        shape = (REFERENCES, PARTITIONS, BLOCK + 1)
        self.gains = np.zeros(shape, np.complex64) if gains is None else gains.copy()
        first = _FIRST_UNCERTAINTY if gains is None else _LATER_UNCERTAINTY
        self._uncertainty = np.full(shape, first, np.float32)
        self._past = np.zeros((REFERENCES, PARTITIONS * BLOCK), np.float32)
        self._near_end: Samples | None = None

    def predict(self, mic: Samples, reference: Samples) -> Samples:
        """Return the echo in the next blocks of the mic track, and adapt.

        Parameters
        ----------
        mic, reference
            Shape ``(blocks * 512,)``, both with speech at a level of about 0.1.

        Returns
        -------
        ndarray
            The echo, of the same shape; 0 where the reference is silent.

        """
        peaks = reference - np.clip(reference, -_SATURATED, _SATURATED)
        new = np.stack((reference, peaks))
        known = np.concatenate((self._past, new), axis=1, dtype=np.float32)
        self._past = known[:, len(reference) :]
        # Each block of the past 250 ms with the one before it, as overlap-save has them.
        spectra = scipy.fft.rfft(_pairs_of_blocks(known), axis=2)
        powers = np.square(spectra.real) + np.square(spectra.imag)
        levels = np.sqrt(np.square(_blocks(known[0])).mean(axis=1))
        echo = np.zeros(len(mic), np.float32)
        for block in range(len(mic) // BLOCK):
            if levels[block + 1 : block + 1 + PARTITIONS].max() > _SILENT:
                at = slice(block * BLOCK, (block + 1) * BLOCK)
                held = slice(block, block + PARTITIONS)
                echo[at] = self._step(mic[at], spectra[:, held], powers[:, held])
        return echo

    def _step(self, mic: Samples, spectra: Spectra, powers: Samples) -> Samples:
        echo: Samples = scipy.fft.irfft(np.einsum("rpf,rpf->f", spectra, self.gains))[BLOCK:]
        padded = np.zeros(2 * BLOCK, np.float32)
        padded[BLOCK:] = mic - echo
        error = scipy.fft.rfft(padded)
        power = (np.square(error.real) + np.square(error.imag)).astype(np.float32)
        before = power if self._near_end is None else self._near_end
        near_end = np.float32(_NEAR_END_MEMORY) * before + np.float32(1 - _NEAR_END_MEMORY) * power
        self._near_end = near_end
        expected = np.einsum("rpf,rpf->f", powers, self._uncertainty)
        step = self._uncertainty / (expected + _NEAR_END * near_end + _TINY)
        moved = scipy.fft.irfft(step * error * spectra.conj(), axis=2)
        # A block's gains are of its own 512 samples: what wraps around is no part of the room.
        moved[..., BLOCK:] = 0
        self.gains += scipy.fft.rfft(moved, axis=2)
        kept = _FORGETTING**2
        step *= powers
        step *= -0.5 * kept
        step += kept
        self._uncertainty *= step
        self._uncertainty += (1 - kept) * (np.square(self.gains.real) + np.square(self.gains.imag))
        return echo


def _blocks(samples: Samples) -> Samples:
    return samples.reshape(-1, BLOCK)


def _pairs_of_blocks(known: Samples) -> Samples:
    """Return a view of each two neighbouring blocks, shape ``(references, blocks, 2 * BLOCK)``."""
    return np.lib.stride_tricks.sliding_window_view(known, 2 * BLOCK, axis=1)[:, ::BLOCK]
