"""The room for uploads under way, within the quota of temporary files.

An upload reserves what has arrived and one step more, whatever length it announced: the lengths
that some clients announce leave the room to others. The uploads of one key reserve at most
UPLOADS_KEY_SHARE of the quota.
"""

from django.conf import settings

from audio import context
from audio.media import temporary_files
from audio.media.temporary_files import NoRoom

# Small beside any quota, and large enough that the folder is measured rarely.
STEP_BYTES = 8 * 1024 * 1024


class NoRoomForKey(NoRoom):
    """The uploads of one key would take more than its share of the quota."""

    message = (
        "The uploads of this API key take its whole share of the room for uploads. "
        "Try again when one of them has ended."
    )


class UploadRoom:
    """The room that one upload has reserved."""

    def __init__(self) -> None:
        self.key: str | None = None
        self.received = self.reserved = 0

    def extend(self, received: int, declared: int | None) -> None:
        """Note how many bytes have arrived, and reserve the next step when it begins.

        Raises
        ------
        NoRoom
            Also when what is missing would not fit now, so that it need not be sent.
        """
        self.received = received
        if self in _under_way and received < self.reserved:
            return
        self.key = context.key_name()
        _under_way.add(self)
        self.reserved = received
        missing = STEP_BYTES if declared is None else max(0, declared - received)
        others = sum(one.outstanding for one in list(_under_way))
        temporary_files.check_room(others + missing)
        self._check_share(missing)
        self.reserved = received + min(missing, STEP_BYTES)

    def release(self) -> None:
        """Leave the room to others, once the files are deleted."""
        _under_way.discard(self)

    @property
    def outstanding(self) -> int:
        """How many reserved bytes have not arrived."""
        return max(0, self.reserved - self.received)

    def _check_share(self, missing: int) -> None:
        quota = settings.UPLOADS_QUOTA_MB * 1024 * 1024
        if not quota or not settings.API_KEYS:
            return
        own = sum(
            max(one.reserved, one.received) for one in list(_under_way) if one.key == self.key
        )
        if own + missing > settings.UPLOADS_KEY_SHARE * quota:
            raise NoRoomForKey


_under_way: set[UploadRoom] = set()
