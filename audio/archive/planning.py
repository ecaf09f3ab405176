"""What would be done, and how long would it take?"""

from collections.abc import Iterable

from audio.archive.doing import key_of
from audio.archive.finding import Finds
from audio.archive.following import How, Outcome
from audio.archive.options import ArchiveOptions
from audio.archive.probing import reason_of
from audio.archive.standing import Archive, Standing
from audio.archive.writing import AlteredOutput

# Of the built-in engine on two cores; an engine on a GPU is many times as fast.
ASSUMED_SPEED = 3.0
_BECOMES: dict[Standing, How] = {"there": "there", "alike": "copied", "missing": "to do"}


def plan(finds: Finds, options: ArchiveOptions, archive: Archive) -> list[Outcome]:
    """What would become of each recording, were all to go well."""
    planned = [
        Outcome(name=str(unfit.name), how="failed", reason=unfit.reason) for unfit in finds.unfit
    ]
    to_do: dict[str, str] = {}
    for found in finds.recordings:
        name, seconds = str(found.name), found.seconds or 0.0
        try:
            key = key_of(found.source, options)
            archive.check_place(name)
        except (OSError, AlteredOutput) as error:
            why = reason_of(error) if isinstance(error, OSError) else str(error)
            planned.append(Outcome(name=name, how="failed", reason=why))
            continue
        how = _BECOMES[archive.standing(name, key)]
        if how == "to do" and to_do.setdefault(key, name) != name:
            how = "copied"
        planned.append(Outcome(name=name, how=how, audio_s=seconds))
    return planned


def estimated_s(planned: Iterable[Outcome], speed: float) -> float:
    """How long it would take at so many seconds of audio a second."""
    return sum(outcome.audio_s for outcome in planned if outcome.how == "to do") / speed
