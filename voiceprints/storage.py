"""What lies in Django's default storage, be it a folder or a bucket?"""

from contextlib import suppress

from django.core.files.storage import default_storage


def names_in(folder: str) -> list[str]:
    """The names of all files in a folder, without it; none where nothing was ever stored there.

    A bucket has no folders: whether there is one cannot be asked.
    """
    with suppress(FileNotFoundError):
        return default_storage.listdir(folder)[1]
    return []
