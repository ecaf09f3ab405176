"""The work of label-merge as a value, built in one place for requests, archives and jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from audio.media.recording import Recording
from audio.merge.chunks.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.defaults import (
    DEFAULT_ECHO,
    DEFAULT_MIN_OVERLAP,
    DEFAULT_RULE,
    DEFAULT_SELF_NAME,
    EchoName,
    RuleName,
    SpellingName,
)
from audio.merge.values import Span, Voices
from audio.timelines import plain_list
from audio.timelines.export import Export
from audio.timelines.registry import AUTO

NO_TIMELINE = Export(format=plain_list.FORMAT, entries=())


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOptions:
    """What a caller chooses besides the recordings and their timeline.

    Requests, archives and jobs share it, and each field has the name that it has in a request.
    `known_voiceprints` replace the stored library, even if they are empty; a stored result is
    deleted after `retain_days`, and its audio is kept with `keep_audio`; None is the setting
    KEEP_AUDIO. Without `voiceprint_threshold` that of the voices' space counts.
    With two tracks, `linking` limits the speakers of the system
    track.
    """

    timeline_format: str = AUTO
    self_name: str = DEFAULT_SELF_NAME
    self_vad: tuple[Span, ...] | None = None
    known_voiceprints: Voices | None = None
    transcribe: bool = False
    rule: RuleName = DEFAULT_RULE
    min_overlap: float = DEFAULT_MIN_OVERLAP
    voiceprint_threshold: float | None = None
    retain_days: int | None = None
    linking: LinkingRule = LINKING_RULE
    echo: EchoName = DEFAULT_ECHO
    keywords: tuple[str, ...] = ()
    spelling: SpellingName | None = None
    keep_audio: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeJob:
    """The work that label-merge does: on `file`, or on both tracks.

    `library_reader` is the name of the key that may read the stored library. While the library is
    unavailable, the job goes on without its voices, unless it `needs_library`.
    """

    options: MergeOptions
    timeline: Export = NO_TIMELINE
    file: Recording | None = None
    mic_file: Recording | None = None
    system_file: Recording | None = None
    library_reader: str | None = None
    needs_library: bool = False


def build_merge_options(values: Mapping[str, Any], *, linking: LinkingRule) -> MergeOptions:
    """Build the options from values under the names of label-merge's fields; ignore others."""
    return MergeOptions(**_fields_of(MergeOptions, values), linking=linking)


def build_merge_job(
    values: Mapping[str, Any],
    *,
    options: MergeOptions,
    library_reader: str | None,
    needs_library: bool,
) -> MergeJob:
    """Build a job from recordings and a timeline under the names of label-merge's fields."""
    return MergeJob(
        **_fields_of(MergeJob, values),
        options=options,
        library_reader=library_reader,
        needs_library=needs_library,
    )


def _fields_of(
    kind: type[MergeJob] | type[MergeOptions], values: Mapping[str, Any]
) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
