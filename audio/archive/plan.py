"""What would be done, and how long would it take?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from audio.archive.file_check import reason_of
from audio.archive.follower import How, Outcome
from audio.archive.inventory import Finds
from audio.archive.ledger import Entry, Ledger
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import AlteredOutput, Outputs
from audio.archive.recording_job import key_of

# There as it should be; to be made of what was done before; or to be done.
Standing = Literal["there", "alike", "missing"]


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of outputs, and what is known of how they came about."""

    outputs: Outputs
    ledger: Ledger
    store: bool = False

    def standing(self, name: str, key: str) -> Standing:
        """How the recording of this name stands, when it is to be done as the key says."""
        entry = self.ledger.done(name)
        is_done = entry is not None and entry.key == key and self._is_kept(entry)
        if is_done and self.outputs.are_there(name):
            return "there"
        return "missing" if self.alike(key) is None else "alike"

    def alike(self, key: str) -> Entry | None:
        """Something that was done of the same, of which all that is wanted can be made."""
        made = (entry for entry in self.ledger.done_alike(key) if self._is_kept(entry))
        return next((one for one in made if self.outputs.can_be_made_of(one.name)), None)

    def check_place(self, name: str) -> None:
        """Refuse to write where something stands that is of somebody else.

        Raises
        ------
        AlteredOutput
        """
        there = [] if self.ledger.was_begun(name) else self.outputs.there(name)
        if there:
            raise AlteredOutput(
                f"{there[0]} stands there already, and not from here; move it, or name another "
                "folder."
            )

    def claim(self, name: str, key: str) -> None:
        """Say that what stands under a name is not yet what was done, before it is written.

        Raises
        ------
        AlteredOutput, OSError
        """
        self.check_place(name)
        entry = self.ledger.done(name)
        if entry is None or entry.key != key:
            self.ledger.add(Entry(name=name, key=key, reason="It was not done to its end."))

    def _is_kept(self, entry: Entry) -> bool:
        return bool(entry.transcript_id) or not self.store


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
