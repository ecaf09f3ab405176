"""The seconds of audio that a key may have analysed within an hour, counted in this process.

Seconds count when their recordings go to an engine, or when a job with them is submitted. What an
engine did not answer does not count.
"""

import math
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from audio import context, metrics
from audio.engines.failures import EngineError
from audio.media.decoding import UndecodableAudio, length_s
from audio.media.recording import Recording

WINDOW_S = 3600.0


class AudioQuotaExceeded(Exception):
    """A key has used its seconds of audio; `retry_after_s` is when these would fit again.

    It is None for recordings that are longer than the whole quota.
    """

    def __init__(self, quota_s: int, retry_after_s: float | None) -> None:
        advice = (
            f"try again in {math.ceil(retry_after_s)} s."
            if retry_after_s is not None
            else "these recordings are longer than that."
        )
        super().__init__(
            f"This API key may have {quota_s} s of audio analysed within an hour: {advice}"
        )
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class _Charge:
    at: float
    seconds: float


_charges: defaultdict[str, deque[_Charge]] = defaultdict(deque)
_counting = Lock()


@contextmanager
def charged(lengths_s: Iterable[float | None]) -> Iterator[None]:
    """Charge recordings of these lengths to the key of the request; unknown lengths are free.

    If an engine fails inside the block, the charge is taken back.

    Raises
    ------
    AudioQuotaExceeded
    """
    key, quota_s = context.key_name(), settings.KEY_AUDIO_S_PER_HOUR
    seconds = sum(one or 0.0 for one in lengths_s)
    if key is None or not quota_s or not settings.API_KEYS:
        yield
        return
    charge = _charge(key, seconds, quota_s)
    try:
        yield
    except EngineError:
        with _counting:
            _charges[key].remove(charge)
        raise


def measured_s(recordings: Iterable[Recording]) -> list[float | None]:
    """Return the lengths of recordings, in seconds, if there is a quota; else measure nothing.

    Raises
    ------
    UnusableAudio, DecodingUnavailable
    """
    return [_measure(one) for one in recordings] if settings.KEY_AUDIO_S_PER_HOUR else []


def _measure(recording: Recording) -> float | None:
    try:
        return length_s(recording)
    except UndecodableAudio:
        return None


def _charge(key: str, seconds: float, quota_s: int) -> _Charge:
    charge = _Charge(time.monotonic(), seconds)
    with _counting:
        charges = _charges[key]
        while charges and charges[0].at <= charge.at - WINDOW_S:
            charges.popleft()
        over_s = sum(one.seconds for one in charges) + seconds - quota_s
        if over_s <= 0:
            charges.append(charge)
            return charge
        wait_s = None if seconds > quota_s else _wait_s(charges, over_s, charge.at)
    metrics.AUDIO_QUOTA_REFUSALS.labels(key).inc()
    raise AudioQuotaExceeded(quota_s, wait_s)


def _wait_s(charges: Iterable[_Charge], over_s: float, now: float) -> float:
    """Return when enough of the charges will have left the window."""
    for charge in charges:
        over_s -= charge.seconds
        if over_s <= 0:
            return charge.at + WINDOW_S - now
    return WINDOW_S
