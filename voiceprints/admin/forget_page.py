"""The page that asks before somebody is forgotten."""

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from voiceprints.admin.entries import actor_of, sent
from voiceprints.erasure.person_erasure import LONGEST_NAME, forget, pseudonym
from voiceprints.models import Person
from voiceprints.storage.locks import PersonGone

if TYPE_CHECKING:
    from voiceprints.admin.people import PersonAdmin


class ForgetForm(forms.Form):
    """Under which name what was said stays."""

    replacement = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="Shown in transcripts instead",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


def show(admin: "PersonAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask, and forget when that is confirmed."""
    person = get_object_or_404(_with_figures(), pk=_id(object_id))
    if not admin.has_delete_permission(request, person):
        raise PermissionDenied
    form = ForgetForm(sent(request)[0])
    if request.method == "POST" and form.is_valid() and _forget(request, person, form):
        return HttpResponseRedirect(reverse("admin:voiceprints_person_changelist"))
    return admin.page(
        request,
        "person/forget.html",
        title=f"Forget {person.name}?",
        person=person,
        pseudonym=pseudonym(person),
        form=form,
    )


def _forget(request: HttpRequest, person: Person, form: ForgetForm) -> bool:
    given = form.cleaned_data["replacement"] or None
    try:
        done = forget(person.pk, actor=actor_of(request), replacement=given)
    except PersonGone:
        messages.warning(request, "Somebody else had forgotten this person already.")
        return True
    except ValueError as error:
        form.add_error("replacement", str(error).removeprefix("replacement: ").capitalize())
        return False
    messages.success(
        request,
        f"Forgotten. Voiceprints deleted: {done.prints}. Transcripts that now say "
        f"“{done.replacement}”: {done.transcripts}.",
    )
    return True


def _with_figures() -> QuerySet[Person]:
    return Person.objects.annotate(
        prints=Count("voiceprints", distinct=True),
        transcripts=Count("appearances__transcript", distinct=True),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
