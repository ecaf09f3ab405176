"""The microphone track without echo, and the local user's words in it.

The microphone hears the other speakers from the loudspeaker. Where their echo is found, the
engines hear the track without it, and what is left decides which words are the user's.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from audio.media import temporary_files
from audio.media.decoding import inspect
from audio.media.echo.process import Cancelled, EchoLimits, EchoNotCancelled, cancel
from audio.media.echo.raw_tracks import RawFile, raw_file
from audio.media.recording import Recording
from audio.merge.defaults import EchoName
from audio.merge.tracks.echo_path import check_step
from audio.merge.tracks.lag_windows import look_for_echo
from audio.merge.tracks.local_speech import LocalSpeech, select_all
from audio.merge.tracks.residual_gate import check_echo, check_repetition, select_by_residual
from audio.merge.values import EchoReport, Notice, Turn, Word
from audio.pipeline.analysis.engine_retries import raise_if_unwanted

logger = logging.getLogger(__name__)
Selection = Callable[[Sequence[Word], Sequence[Turn]], LocalSpeech]

# In less of both tracks an echo may not be found.
SHORTEST_S = 6.0
# Up to this length one look is enough to see that the tracks have nothing in common.
LOOK_S = 30.0
# The sharpness of such a look: white noise has 6, and speech with echo 16 and more.
LOOKS_ALIKE = 9.0

NOT_CANCELLED = Notice(
    "echo_not_cancelled",
    "The mic track's echo could not be removed: the levels of the two tracks decided which words "
    "are the local user's.",
)
NO_ECHO = EchoReport(found=False)


@dataclass(frozen=True, slots=True)
class HeardMic:
    """The track for the engines, and how the user's words are selected: by level where None."""

    recording: Recording
    selection: Selection | None = None
    report: EchoReport | None = None
    warnings: tuple[Notice, ...] = ()


@contextmanager
def heard_mic(mic: Recording, system: Recording, echo: EchoName) -> Iterator[HeardMic]:
    """Yield what the engines hear of the mic track; its files are deleted after the block.

    Raises
    ------
    UnusableAudio, DecodingUnavailable, NoRoom, Stopped, ClientLeft
    """
    if echo == "off":
        yield HeardMic(mic)
        return
    with ExitStack() as files:
        ours, theirs = (files.enter_context(raw_file(track)) for track in (mic, system))
        yield _heard(mic, ours, theirs, echo, files)


def _heard(
    mic: Recording, ours: RawFile, theirs: RawFile, echo: EchoName, files: ExitStack
) -> HeardMic:
    if min(ours.seconds, theirs.seconds) < SHORTEST_S:
        return HeardMic(mic)
    keep_all = partial(select_all, mic_s=ours.seconds, system_s=theirs.seconds)
    nothing = HeardMic(mic, keep_all, NO_ECHO)
    if max(ours.seconds, theirs.seconds) <= LOOK_S and not _look_alike(ours, theirs):
        return nothing
    without_echo = TemporaryDirectory(dir=temporary_files.folder(), prefix="echo-")
    folder = Path(files.enter_context(without_echo))
    try:
        temporary_files.check_room(2 * ours.samples)
        found = cancel(ours, theirs, folder, _limits(), while_waiting=raise_if_unwanted)
    except EchoNotCancelled as error:
        logger.warning("The echo of a mic track was not cancelled: %s.", error)
        return HeardMic(mic, warnings=(NOT_CANCELLED,))
    return _outcome(mic, found, theirs.seconds, echo) if found.path else nothing


def _outcome(mic: Recording, found: Cancelled, system_s: float, echo: EchoName) -> HeardMic:
    path, levels = found.path, found.levels
    if path is None or levels is None:
        # The user's own echo on the system track, or the tracks were swapped: nothing to cancel.
        return HeardMic(mic, report=NO_ECHO, warnings=check_step(path))
    report = EchoReport(
        found=True,
        delay_ms=round(path.lag * 1000, 1),
        drift_ppm=round(path.drift * 1e6, 1),
        attenuation_db=round(levels.attenuation_db, 1),
    )
    is_cancelled = echo == "cancel"
    without = Recording(found.wav, ".wav", mic.name, mic.field)
    return HeardMic(
        without if is_cancelled else mic,
        partial(
            select_by_residual,
            levels,
            system_s=system_s,
            until_s=path.heard_until(system_s),
        ),
        report,
        (
            # The engines do not get the file that these are about.
            *(inspect(mic).notices if is_cancelled else ()),
            *check_step(path),
            *check_echo(levels),
            *check_repetition(levels, path.lag),
        ),
    )


def _look_alike(ours: RawFile, theirs: RawFile) -> bool:
    return look_for_echo(ours.read(), theirs.read()) >= LOOKS_ALIKE


def _limits() -> EchoLimits:
    return EchoLimits(
        settings.DECODERS, settings.DECODER_MEMORY_MB * 1024 * 1024, settings.DECODER_CPU_S
    )
