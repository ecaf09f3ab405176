"""A recording as every layer carries it: one value, made where the recording enters."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from audio.media.wav import PlainWav, plain_wav

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class Recording:
    """A recording on disk, with the suffix, the name and the form field that its sender gave it.

    `seconds` is its length where it was measured. The header and the digest are read once, when
    they are first needed.
    """

    path: Path
    suffix: str = ""
    name: str = ""
    field: str = "file"
    seconds: float | None = None

    @cached_property
    def wav(self) -> PlainWav | None:
        """Where the samples of a plain WAV are in the file; None for any other recording."""
        return plain_wav(self.path)

    @cached_property
    def sha256(self) -> bytes:
        """The SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()


def suffix_of(name: str) -> str:
    """Return the suffix of a file name, in lower case; none unless it may be in a path.

    A file name comes from the client. Its suffix is used in paths only if it is one to eight ASCII
    letters or digits.
    """
    suffix = PurePath(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def digest_of(*recordings: Recording) -> str:
    """Return the SHA-256 of a recording in hex; for two tracks, that of their digests."""
    if len(recordings) == 1:
        return recordings[0].sha256.hex()
    return hashlib.sha256(b"".join(recording.sha256 for recording in recordings)).hexdigest()
