"""The form that says who a speaker is."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from voiceprints.admin.entries import may
from voiceprints.matching.voice_matching import Identified
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_NAME, Consent, give_consent, name_of
from voiceprints.people.names import person_called

SOMEBODY_ELSE = "new"


class NamingForm(forms.Form):
    """One of the suggestions, or a name; and whether the voice is learned."""

    who = forms.CharField(error_messages={"required": "Choose who this is."})
    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label="Name",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    learn = forms.BooleanField(required=False, label="Learn this voice")
    consent = forms.BooleanField(
        required=False, label="This person has agreed that their voice is kept"
    )
    consent_how = forms.CharField(
        required=False,
        max_length=500,
        label="How they agreed",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, request: HttpRequest, candidates: Identified | None) -> None:
        super().__init__(data)
        self.request = request
        self.candidates = candidates

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("who") == SOMEBODY_ELSE:
            self._clean_name(cleaned.get("name", ""))
        elif "who" in cleaned:
            self._clean_person(cleaned["who"])
        person: Person | None = cleaned.get("person")
        if cleaned.get("learn"):
            self._clean_learning(person, cleaned)
        return cleaned

    def _clean_name(self, given: str) -> None:
        try:
            self.cleaned_data["name"] = name = name_of(given)
        except ValueError as error:
            raise ValidationError({"name": "Write the name."}) from error
        self.cleaned_data["person"] = person = Person.objects.named(name).first()
        if person is None and not may(self.request, "add_person"):
            raise ValidationError({"name": "Nobody has this name, and you may not add people."})

    def _clean_person(self, who: str) -> None:
        try:
            self.cleaned_data["person"] = Person.objects.filter(pk=UUID(who)).first()
        except ValueError as error:
            raise ValidationError({"who": "Choose one of these."}) from error
        if self.cleaned_data["person"] is None:
            raise ValidationError({"who": "This person is not there any more."})

    def _clean_learning(self, person: Person | None, cleaned: dict[str, Any]) -> None:
        if not may(self.request, "add_voiceprint"):
            raise ValidationError({"learn": "You may not add voiceprints."})
        if person is not None and person.consents():
            return
        if not cleaned.get("consent"):
            raise ValidationError(
                {"consent": "A voice is learned only with the consent of its person."}
            )
        if not may(self.request, "change_person"):
            raise ValidationError({"consent": "You may not record the consent of people."})
        if person is not None and person.refuses(timezone.now()):
            raise ValidationError(
                {"consent": "This person's consent has ended. Renew it on the person's page."}
            )
        if not cleaned.get("consent_how"):
            raise ValidationError({"consent_how": "Write how, such as: signed form."})

    def chosen(self, actor: str) -> Person:
        """Whoever was chosen, made where the name is new, with the consent that was given.

        Raises
        ------
        PersonGone
        """
        given: Person | None = self.cleaned_data["person"]
        person = given or person_called(self.cleaned_data["name"], actor=actor)
        if not self.cleaned_data["learn"] or person.consents():
            return person
        return give_consent(person.pk, Consent(self.cleaned_data["consent_how"]), actor=actor)
