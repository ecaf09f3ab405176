"""The form that names a speaker of a transcript, with consent where the voice is enrolled."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from audio.merge.naming.voices.open_set_identification import Identification
from voiceprints.admin.library_admin import has_permissions
from voiceprints.matching.voice_matching import KnownPerson
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_NAME, Consent, clean_name, record_consent
from voiceprints.people.person_names import get_or_create_person

OTHER_NAME = "new"


class NamingForm(forms.Form):
    """The chosen candidate or a name, and whether the voice is enrolled."""

    who = forms.CharField(error_messages={"required": "Choose who this is."})
    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="Name",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    enrol = forms.BooleanField(required=False, label="Enrol this voice")
    consent = forms.BooleanField(
        required=False, label="This person has consented to the storage of their voice"
    )
    consent_how = forms.CharField(
        required=False,
        max_length=500,
        label="How consent was given",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def __init__(
        self, data: Any, *, request: HttpRequest, candidates: Identification[KnownPerson] | None
    ) -> None:
        super().__init__(data)
        self.request = request
        self.candidates = candidates

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("who") == OTHER_NAME:
            self._clean_name(cleaned.get("name", ""))
        elif "who" in cleaned:
            self._clean_person(cleaned["who"])
        person: Person | None = cleaned.get("person")
        if cleaned.get("enrol"):
            self._clean_enrolment(person, cleaned)
        return cleaned

    def _clean_name(self, text: str) -> None:
        try:
            self.cleaned_data["name"] = name = clean_name(text)
        except ValueError as error:
            raise ValidationError({"name": "Enter a name."}) from error
        self.cleaned_data["person"] = person = Person.objects.named(name).first()
        if person is None and not has_permissions(self.request, "add_person"):
            raise ValidationError(
                {"name": "No person has this name, and you do not have permission to add people."}
            )

    def _clean_person(self, who: str) -> None:
        try:
            self.cleaned_data["person"] = Person.objects.filter(pk=UUID(who)).first()
        except ValueError as error:
            raise ValidationError({"who": "Choose one of the people listed."}) from error
        if self.cleaned_data["person"] is None:
            raise ValidationError({"who": "This person no longer exists."})

    def _clean_enrolment(self, person: Person | None, cleaned: dict[str, Any]) -> None:
        if not has_permissions(self.request, "add_voiceprint"):
            raise ValidationError({"enrol": "You do not have permission to add voiceprints."})
        if person is not None and person.has_consent():
            return
        if not cleaned.get("consent"):
            raise ValidationError({"consent": "Enrolling a voice needs the person's consent."})
        if not has_permissions(self.request, "change_person"):
            raise ValidationError({"consent": "You do not have permission to record consent."})
        if person is not None and person.has_consent_ended(timezone.now()):
            raise ValidationError(
                {"consent": "This person's consent has ended. Renew it on the person's page."}
            )
        if not cleaned.get("consent_how"):
            raise ValidationError(
                {"consent_how": "Enter how consent was given, for example: signed form."}
            )

    def save_person(self, actor: str) -> Person:
        """Return the chosen person, added if the name is new, with the recorded consent.

        Raises
        ------
        PersonNotFound, NameErased
        """
        known: Person | None = self.cleaned_data["person"]
        person = known or get_or_create_person(self.cleaned_data["name"], actor=actor)
        if not self.cleaned_data["enrol"] or person.has_consent():
            return person
        return record_consent(person.pk, Consent(self.cleaned_data["consent_how"]), actor=actor)
