"""A transcript that was written as JSON, read again for the sake of another format."""

import json

from audio.formats.cues import Cue


def cues_in(written: str) -> list[Cue]:
    """The cues of what `native.named_json` told.

    Raises
    ------
    ValueError
        When it is something else.
    """
    try:
        segments = json.loads(written)["segments"]
        return [_cue(segment) for segment in segments]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("expected a transcript") from error


def _cue(segment: dict[str, str | float]) -> Cue:
    speaker, text = str(segment["speaker"]), str(segment.get("text", ""))
    if "start_s" in segment:
        return Cue(float(segment["start_s"]), float(segment["end_s"]), text, speaker)
    start, end = float(segment["start_ms"]), float(segment["end_ms"])
    return Cue(start / 1000, end / 1000, text, speaker)
