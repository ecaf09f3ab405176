"""The form of a person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from audio.merge.name_spelling import readable
from voiceprints.api.serializers.people import LONGEST_HOW, LONGEST_NOTES, MOST_ALIASES
from voiceprints.models import Person
from voiceprints.people.consent import LONGEST_NAME, name_of


class LinesField(forms.CharField):
    """Several names, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = (" ".join(readable(line).split()) for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if any(len(line) > LONGEST_NAME for line in value):
            raise ValidationError(f"An alias has at most {LONGEST_NAME} characters.")
        if len(value) > MOST_ALIASES:
            raise ValidationError(f"A person has at most {MOST_ALIASES} aliases.")

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """Refuses what was changed by somebody else since the page was opened."""

    aliases = LinesField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text="Other names that a timeline may show, one a line.",
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields = ["name", "aliases", "consent_given_at", "consent_how", "consent_until", "notes"]
        labels = {
            "consent_given_at": "Given",
            "consent_how": "How",
            "consent_until": "Until",
        }
        widgets = {
            "consent_how": forms.Textarea(attrs={"rows": 2, "cols": 40}),
            "notes": forms.Textarea(attrs={"rows": 2, "cols": 40}),
        }
        help_texts = {
            "consent_given_at": "Times are UTC. Without consent no voiceprint is kept or used.",
            "consent_how": "For example: signed form, by e-mail.",
            "consent_until": "Empty: until it is withdrawn. To withdraw it, set a time now.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen_version"] = self.instance.version

    def clean_name(self) -> str:
        try:
            name = name_of(self.cleaned_data["name"])
        except ValueError as error:
            raise ValidationError("Write the name.") from error
        taken = Person.objects.named(name).exclude(pk=self.instance.pk)
        if taken.exists():
            raise ValidationError("Somebody else has this name. Merge the two, or add a surname.")
        return name

    def clean_notes(self) -> str:
        return _at_most(LONGEST_NOTES, self.cleaned_data["notes"])

    def clean_consent_how(self) -> str:
        how = _at_most(LONGEST_HOW, self.cleaned_data["consent_how"].strip())
        if self.cleaned_data.get("consent_given_at") and not how:
            raise ValidationError("Write how, such as: signed form.")
        return how

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        known = self.cleaned_data.get("seen_version")
        if not self.instance._state.adding and known != self.instance.version:
            raise ValidationError(
                "Somebody else changed this person meanwhile. Open the page again."
            )
        return cleaned


def _at_most(longest: int, text: str) -> str:
    if len(text) > longest:
        raise ValidationError(f"Write at most {longest} characters.")
    return text
