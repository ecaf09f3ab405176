"""The clock of a media file: when its sound is heard, as a player shows it.

Decoders count samples. What the timestamps say beyond that is silence here: before sound that
begins later than the first picture, and where packets are missing.
"""

from av.container import InputContainer
from av.stream import Disposition, Stream

# Viewers notice sound that is 45 ms early (Recommendation ITU-R BT.1359-1), and timestamps of
# browsers and of containers with whole milliseconds are less apart from the samples.
MOST_OFF_S = 0.04
# Timestamps that go back further begin anew, where recordings were joined end to end.
BEGINS_ANEW_S = 1.0


class FileClock:
    """Places sound by its timestamps, in seconds from the beginning of the file's first stream.

    A timestamp later than `latest_s` is not believed.
    """

    def __init__(self, container: InputContainer, latest_s: float) -> None:
        starts = [_start_s(stream) for stream in container.streams if _is_shown(stream)]
        self._zero_s = min((start for start in starts if start is not None), default=0.0)
        self._latest_s = latest_s
        self.reached_s = 0.0
        self.silence_s = 0.0

    def place(self, time_s: float | None, length_s: float) -> float:
        """Take the next piece of sound; return the seconds of silence before it."""
        silence_s = 0.0 if time_s is None else self._silence_before(time_s - self._zero_s)
        self.silence_s += silence_s
        self.reached_s += silence_s + length_s
        return silence_s

    def follow(self, time_s: float, length_s: float) -> None:
        """Take the next packet, whose length is rounded to the ticks of its timestamps."""
        self.place(time_s, length_s)
        self.reached_s = time_s - self._zero_s + length_s

    def _silence_before(self, at_s: float) -> float:
        late_s = at_s - self.reached_s
        if late_s < -BEGINS_ANEW_S or (late_s > MOST_OFF_S and at_s > self._latest_s):
            self._zero_s += late_s
            return 0.0
        return late_s if late_s > MOST_OFF_S else 0.0


def _is_shown(stream: Stream) -> bool:
    """Whether a player begins with this stream: not with a cover, nor with a list of times."""
    is_cover = bool(stream.disposition & Disposition.attached_pic)
    return stream.type in ("audio", "video") and not is_cover


def _start_s(stream: Stream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)
