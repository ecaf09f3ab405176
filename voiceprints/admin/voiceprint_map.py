"""The map of all voiceprints, on which doubtful ones are marked."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from numpy.typing import NDArray

from voiceprints.admin.colours import Palette, Tint, read_palette
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, has_permissions
from voiceprints.admin.person.person_page import describe_quality
from voiceprints.erasure.voice_erasure import delete_voiceprint
from voiceprints.matching.doubtful_voiceprints import VoiceprintSimilarity, compare_voiceprints
from voiceprints.matching.projection import project
from voiceprints.models import Space, Voiceprint
from voiceprints.models.spaces import DIMENSION
from voiceprints.storage.locks import PersonNotFound

# More points would be unreadable, and the page slow.
MAX_POINTS = 2000
# Names are shown for at most this number of people.
MAX_NAMES = 30
WIDTH, HEIGHT, MARGIN = 1000.0, 560.0, 60.0
FIELDS = [
    *("person_name", "space", "source", "speech_s"),
    *("quality_summary", "created_at", "created_by"),
]


@dataclass(frozen=True, slots=True)
class Point:
    """One voiceprint on the map."""

    x: float
    y: float
    voiceprint: Voiceprint
    tint: Tint
    shape: int
    similarity: VoiceprintSimilarity
    other: Voiceprint | None
    is_doubtful: bool

    @property
    def description(self) -> str:
        """Return the tooltip."""
        one = self.voiceprint
        speech = "" if one.speech_s is None else f", {one.speech_s:.0f} s"
        doubt = " (doubtful)" if self.is_doubtful else ""
        return f"{one.person.name}, {one.get_source_display()}{speech}{doubt}"

    @property
    def href(self) -> str:
        """Return a relative URL: reversing thousands of URLs is slow."""
        return f"../person/{self.voiceprint.person_id}/change/"


@dataclass(frozen=True, slots=True)
class NameLabel:
    """A person's name, above the middle of that person's points."""

    x: float
    y: float
    text: str
    tint: Tint


@dataclass(frozen=True, slots=True)
class Plot:
    """The voiceprints of a space as points on a plane, with names."""

    points: list[Point]
    names: list[NameLabel]
    share: float
    people: int
    total: int

    @property
    def doubtful(self) -> list[Point]:
        """Return the doubtful points, the most doubtful first."""
        doubtful = [point for point in self.points if point.is_doubtful]
        return sorted(doubtful, key=lambda point: -point.similarity.lead)


def build_plot(space: Space) -> Plot:
    """Return the newest voiceprints of a space; doubtful ones are drawn last, on top."""
    usable = Voiceprint.objects.usable(space, timezone.now())
    shown = list(
        usable.select_related("person", "space").order_by("-created_at", "id")[:MAX_POINTS]
    )
    vectors = np.array([one.vector for one in shown], dtype=np.float64).reshape(
        len(shown), DIMENSION
    )
    plane = project(vectors)
    similarities = compare_voiceprints(vectors, [one.person_id for one in shown])
    positions, palette = _scale(plane.points), read_palette()
    points = [
        _point(position, one, similarity, shown, palette)
        for position, one, similarity in zip(positions, shown, similarities, strict=True)
    ]
    people = {point.voiceprint.person_id for point in points}
    return Plot(
        points=sorted(points, key=lambda point: point.is_doubtful),
        names=_names(points) if len(people) <= MAX_NAMES else [],
        share=plane.share,
        people=len(people),
        total=len(shown) if len(shown) < MAX_POINTS else usable.count(),
    )


def _scale(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Fit the points into the map, with one scale for both axes and y upwards."""
    if not len(points):
        return []
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    from_middle = (points - (low + high) / 2) * min(scale, 1e6) * [1, -1]
    positions = np.array([WIDTH / 2, HEIGHT / 2]) + from_middle
    return [(round(x, 1), round(y, 1)) for x, y in positions.tolist()]


def _point(
    position: tuple[float, float],
    one: Voiceprint,
    similarity: VoiceprintSimilarity,
    shown: list[Voiceprint],
    palette: Palette,
) -> Point:
    return Point(
        *position,
        voiceprint=one,
        tint=palette.tint_of(one.person_id),
        shape=palette.shape_of(one.person_id),
        similarity=similarity,
        other=None if similarity.nearest is None else shown[similarity.nearest],
        is_doubtful=similarity.is_doubtful(one.space.threshold),
    )


def _names(points: list[Point]) -> list[NameLabel]:
    by_person: dict[UUID, list[Point]] = {}
    for point in points:
        by_person.setdefault(point.voiceprint.person_id, []).append(point)
    return [_name_label(own) for own in by_person.values()]


def _name_label(own: list[Point]) -> NameLabel:
    certain = [point for point in own if not point.is_doubtful] or own
    return NameLabel(
        x=round(float(np.median([point.x for point in certain])), 1),
        y=round(min(point.y for point in certain) - 16, 1),
        text=own[0].voiceprint.person.name,
        tint=own[0].tint,
    )


@admin.register(Voiceprint)
class VoiceprintAdmin(LibraryAdmin):
    """The map of voiceprints, and the pages that show or delete one."""

    fields = tuple(FIELDS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voiceprint]:
        voiceprints: QuerySet[Voiceprint] = super().get_queryset(request)
        return voiceprints.defer("vector").select_related("person", "space")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Voiceprint | None = None
    ) -> list[str]:
        return FIELDS

    @admin.display(description="person")
    def person_name(self, voiceprint: Voiceprint) -> SafeString:
        tint = read_palette().tint_of(voiceprint.person_id)
        return format_html('<span class="dot {}"></span>{}', tint, voiceprint.person.name)

    @admin.display(description="quality")
    def quality_summary(self, voiceprint: Voiceprint) -> str:
        return describe_quality(voiceprint)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the map in place of a list."""
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        spaces = list(Space.objects.all())
        chosen = request.GET.get("space", "")
        space = next((one for one in spaces if str(one.pk) == chosen), None)
        space = space or _newest_space(spaces)
        return self.page(
            request,
            "voiceprint/map.html",
            title="Map of all voiceprints",
            spaces=spaces,
            space=space,
            plot=build_plot(space) if space else None,
        )

    def has_view_permission(self, request: HttpRequest, obj: Voiceprint | None = None) -> bool:
        """Require permission to see people too: a voiceprint is shown with its person's name."""
        return bool(super().has_view_permission(request, obj)) and has_permissions(
            request, "view_person"
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Voiceprint | None = None) -> bool:
        return False

    def get_deleted_objects(
        self, objs: Iterable[Voiceprint], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """List no other objects: none depends on a voiceprint."""
        lacking = set() if self.has_delete_permission(request) else {"voiceprint"}
        return [], {}, lacking, []

    def delete_model(self, request: HttpRequest, obj: Voiceprint) -> None:
        with suppress(PersonNotFound):  # the voiceprint was erased with the person
            delete_voiceprint(obj.person_id, obj.pk, actor=actor_of(request))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Return to the map."""
        messages.success(request, "The voiceprint was deleted.")
        return HttpResponseRedirect(reverse("admin:voiceprints_voiceprint_changelist"))


def _newest_space(spaces: list[Space]) -> Space | None:
    """Return the space of the newest voiceprint."""
    newest = Voiceprint.objects.order_by("-created_at").values_list("space_id", flat=True).first()
    return next((space for space in spaces if space.pk == newest), spaces[0] if spaces else None)
