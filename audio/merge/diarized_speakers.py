"""The speakers of a diarization: who they are, and how long each of them talks."""

from collections.abc import Iterable

from audio.merge.values import Diarization, Notice, Turn

# Sortformer, whose models are named 4spk, has four outputs; a fifth speaker falls to one of them.
SPEAKER_LIMIT = 4


def speakers_of(diarization: Diarization) -> tuple[str, ...]:
    """Return the labels: the detected ones, then others that have turns, each in their order."""
    labels = [*diarization.speakers, *(turn.speaker for turn in diarization.turns)]
    return tuple(dict.fromkeys(labels))


def speaking_time(turns: Iterable[Turn]) -> dict[str, float]:
    """Return how many seconds each speaker talks: the summed length of the speaker's turns."""
    seconds: dict[str, float] = {}
    for turn in turns:
        length = max(0.0, turn.end - turn.start)
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + length
    return seconds


def check_speaker_limit(*diarizations: Diarization) -> tuple[Notice, ...]:
    """Return a warning where an engine found as many speakers as it can separate.

    Parameters
    ----------
    diarizations
        Engines' answers, each of one chunk or track; not of a recording linked from chunks.

    Returns
    -------
    tuple of Notice
        One notice when any of them has four speakers or more, else empty.

    Examples
    --------
    >>> check_speaker_limit(Diarization((), ("A", "B", "C")), Diarization((), ("A",)))
    ()

    """
    most = max((len(speakers_of(one)) for one in diarizations), default=0)
    if most < SPEAKER_LIMIT:
        return ()
    return (
        Notice(
            "speaker_limit_reached",
            f"The engine found {most} speakers. Engines may separate at most {SPEAKER_LIMIT}: "
            "other speakers may be merged with these.",
        ),
    )
