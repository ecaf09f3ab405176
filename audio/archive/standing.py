"""What is still to be done for a recording?"""

from dataclasses import dataclass
from typing import Literal

from audio.archive.ledger import Entry, Ledger
from audio.archive.writing import Outputs

# There as it should be; done under another name; or to be done.
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
        if entry is not None and entry.key == key and self._is_whole(entry):
            return "there"
        return "missing" if self.alike(key) is None else "alike"

    def alike(self, key: str) -> Entry | None:
        """Something that was done of the same, and whose outputs are all there."""
        return next(filter(self._is_whole, self.ledger.done_alike(key)), None)

    def _is_whole(self, entry: Entry) -> bool:
        is_kept = bool(entry.transcript_id) or not self.store
        return is_kept and self.outputs.are_there(entry.name)
