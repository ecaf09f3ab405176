"""The plan of an archive: what a run would do with each recording, and how long it would take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from audio.archive.archive_progress import RecordingResult, Status
from audio.archive.file_check import describe_os_error
from audio.archive.inventory import Inventory
from audio.archive.ledger import Entry, Ledger
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import AlteredOutput, Outputs
from audio.archive.recording_job import recording_key

# The outputs are complete; they can be copied from an identical recording; or they are missing.
OutputState = Literal["complete", "copyable", "missing"]


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of outputs, and the ledger of how they were made."""

    outputs: Outputs
    ledger: Ledger
    store: bool = False

    def output_state(self, name: str, key: str) -> OutputState:
        """Return the state of the outputs of this name, if they are to be made as the key says."""
        entry = self.ledger.last_done(name)
        is_done = entry is not None and entry.key == key and self._is_stored(entry)
        if is_done and self.outputs.are_complete(name):
            return "complete"
        return "missing" if self.find_identical(key) is None else "copyable"

    def find_identical(self, key: str) -> Entry | None:
        """Return an entry with the same key from whose outputs all others can be made."""
        stored = (entry for entry in self.ledger.done_with_key(key) if self._is_stored(entry))
        return next((one for one in stored if self.outputs.can_be_copied_from(one.name)), None)

    def check_no_foreign_output(self, name: str) -> None:
        """Refuse to overwrite files that no run of this archive has written.

        Raises
        ------
        AlteredOutput
        """
        existing = [] if self.ledger.was_begun(name) else self.outputs.existing(name)
        if existing:
            raise AlteredOutput(
                f"{existing[0]} exists already, and no run wrote it; move it, or choose another "
                "folder."
            )

    def reserve(self, name: str, key: str) -> None:
        """Note that the outputs of a name are being replaced, before the first is written.

        Raises
        ------
        AlteredOutput, OSError
        """
        self.check_no_foreign_output(name)
        entry = self.ledger.last_done(name)
        if entry is None or entry.key != key:
            self.ledger.add(Entry(name=name, key=key, reason="It was not finished."))

    def _is_stored(self, entry: Entry) -> bool:
        return bool(entry.transcript_id) or not self.store


# The speed of the built-in engine on two cores; an engine on a GPU is many times as fast.
ASSUMED_SPEED = 3.0
_PLANNED: dict[OutputState, Status] = {
    "complete": "there",
    "copyable": "copied",
    "missing": "to do",
}


def plan_archive(
    inventory: Inventory, options: ArchiveOptions, archive: Archive
) -> list[RecordingResult]:
    """Return the result that each recording would have if nothing failed."""
    planned = [
        RecordingResult(name=str(file.name), status="failed", reason=file.reason)
        for file in inventory.unusable
    ]
    to_do: dict[str, str] = {}
    for recording in inventory.recordings:
        name, seconds = str(recording.name), recording.seconds or 0.0
        try:
            key = recording_key(recording.files, options)
            archive.check_no_foreign_output(name)
        except (OSError, AlteredOutput) as error:
            reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
            planned.append(RecordingResult(name=name, status="failed", reason=reason))
            continue
        status = _PLANNED[archive.output_state(name, key)]
        if status == "to do" and to_do.setdefault(key, name) != name:
            status = "copied"
        planned.append(RecordingResult(name=name, status=status, audio_s=seconds))
    return planned


def estimate_s(planned: Iterable[RecordingResult], speed: float) -> float:
    """Return how many seconds the plan takes at `speed` seconds of audio per second."""
    return sum(result.audio_s for result in planned if result.status == "to do") / speed
