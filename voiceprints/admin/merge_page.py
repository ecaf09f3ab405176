"""The page on which two entries of one person become one."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from voiceprints.admin.entries import actor_of, may, sent
from voiceprints.erasure.person_merge import merge
from voiceprints.matching.voice_matching import nearest_people
from voiceprints.models import Person
from voiceprints.storage.locks import PersonGone
from voiceprints.transcripts.transcript_search import people_like

if TYPE_CHECKING:
    from voiceprints.admin.people import PersonAdmin

SHOWN = 20
LIKE_EACH_OTHER = 5


class MergeForm(forms.Form):
    """Into whom."""

    into = forms.UUIDField(error_messages={"required": "Choose who this person is."})


def view(admin: "PersonAdmin") -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, person_id: UUID) -> HttpResponse:
        if not may(request, "change_person", "delete_person"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=person_id)
        form = MergeForm(sent(request)[0])
        if request.method == "POST" and form.is_valid():
            return _merged(request, person, form.cleaned_data["into"])
        sought = request.GET.get("q", "").strip()
        return admin.page(
            request,
            "person/merge.html",
            title=f"Merge {person.name} with another person",
            person=person,
            form=form,
            sought=sought,
            alike=[] if sought else _alike(person),
            people=people_like(sought).exclude(pk=person.pk).order_by("name")[:SHOWN],
        )

    return show


def _merged(request: HttpRequest, person: Person, into: UUID) -> HttpResponse:
    try:
        done = merge(person.pk, into, actor=actor_of(request))
    except (PersonGone, ValueError):
        messages.error(request, "One of the two is not there any more. Nothing was changed.")
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    messages.success(
        request,
        f"Merged. Voiceprints moved: {done.prints}. Transcripts renamed: {done.transcripts}.",
    )
    return HttpResponseRedirect(reverse("admin:voiceprints_person_change", args=[into]))


def _alike(person: Person) -> list[tuple[UUID, str, float]]:
    """Who sounds most like the newest print; nobody where that may not be compared."""
    if not person.consents():
        return []
    newest = person.voiceprints.select_related("space").order_by("-created_at").first()
    if newest is None:
        return []
    near = nearest_people(np.asarray(newest.vector), newest.space, limit=LIKE_EACH_OTHER + 1)
    return [
        (one.person_id, one.name, one.similarity) for one in near if one.person_id != person.pk
    ]
