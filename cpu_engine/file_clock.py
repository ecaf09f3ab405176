"""The start of the sound on the clock of a media file, as players show it."""

from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.stream import Disposition, Stream

# Viewers notice sound that is 45 ms early (Recommendation ITU-R BT.1359-1); containers round.
MOST_OFF_S = 0.04
# Timestamps that go back further begin anew, where recordings were joined end to end.
BEGINS_ANEW_S = 1.0
# Declared lengths are rounded.
SLACK_S = 1.0
TICKS_A_SECOND = 1_000_000


class FileClock:
    """Places the frames of a stream, in seconds from the beginning of the file's first stream.

    A timestamp beyond the declared length, or else beyond `longest_s`, is not believed.
    """

    def __init__(self, container: InputContainer, longest_s: float) -> None:
        starts = [_start_s(stream) for stream in container.streams if _is_shown(stream)]
        self._zero_s = min((start for start in starts if start is not None), default=0.0)
        declared = container.duration
        self._latest_s = longest_s if declared is None else declared / TICKS_A_SECOND + SLACK_S
        self._reached_s = 0.0

    def silence_before(self, frame: AudioFrame) -> float:
        """Take the next frame; return the seconds of silence before it."""
        silence_s = 0.0
        if frame.time is not None:
            late_s = frame.time - self._zero_s - self._reached_s
            is_believed = self._reached_s + late_s <= self._latest_s
            if late_s < -BEGINS_ANEW_S or (late_s > MOST_OFF_S and not is_believed):
                self._zero_s += late_s
            elif late_s > MOST_OFF_S:
                silence_s = late_s
        self._reached_s += silence_s + frame.samples / frame.sample_rate
        return silence_s


def _is_shown(stream: Stream) -> bool:
    """Whether a player begins with this stream: not with a cover, nor with a list of times."""
    is_cover = bool(stream.disposition & Disposition.attached_pic)
    return stream.type in ("audio", "video") and not is_cover


def _start_s(stream: Stream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)
