"""What is still to be done for a recording?"""

from dataclasses import dataclass
from typing import Literal

from audio.archive.ledger import Entry, Ledger
from audio.archive.writing import AlteredOutput, Outputs

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
