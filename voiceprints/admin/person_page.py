"""The page of a person: the form, and below it voiceprints and transcripts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import FloatField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.utils import timezone
from pgvector.django import CosineDistance

from audio.merge.name_spelling import readable
from voiceprints.api.serializers.people import LONGEST_HOW, LONGEST_NOTES, MOST_ALIASES
from voiceprints.matching.doubtful_voiceprints import VoiceprintSimilarity
from voiceprints.models import Person, Transcript, Voiceprint
from voiceprints.people.consent import LONGEST_NAME, clean_name


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
            name = clean_name(self.cleaned_data["name"])
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


LATEST = 10
PRINTS = 30


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else, who sounds like a print."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PrintRow:
    """One print, as it is shown: never its vector."""

    id: UUID
    source: str
    space: str
    speech_s: float | None
    quality: str
    created_at: datetime
    created_by: str
    transcript_id: UUID | None
    likeness: VoiceprintSimilarity
    other: Other | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that is shown below the form."""

    prints: list[PrintRow]
    more_prints: int
    transcripts: list[Transcript]
    consents: bool


def page_of(person_id: str, *, may_see_transcripts: bool) -> PersonPage | None:
    """The page of a person; None where there is nobody."""
    try:
        person = Person.objects.filter(pk=UUID(person_id)).first()
    except ValueError:
        return None
    if person is None:
        return None
    heard = Transcript.objects.filter(speakers__person=person).distinct()[:LATEST]
    count = person.voiceprints.count()
    return PersonPage(
        prints=[_row(each) for each in _compared(person)],
        more_prints=max(0, count - PRINTS),
        transcripts=list(heard) if may_see_transcripts else [],
        consents=person.has_consent(timezone.now()),
    )


def _compared(person: Person) -> QuerySet[Voiceprint]:
    """Each with its nearest print of the same person and of somebody else, in one query.

    Nothing is compared where consent does not hold.
    """
    willing = Person.objects.consenting(timezone.now())
    comparable = (
        Voiceprint.objects.filter(person__in=willing)
        if person.has_consent()
        else Voiceprint.objects.none()
    )
    alike = comparable.filter(space=OuterRef("space")).exclude(pk=OuterRef("pk"))
    near = alike.annotate(far=_exact_distance()).order_by("far")
    own = near.filter(person=OuterRef("person")).values("far")[:1]
    told = JSONObject(person="person_id", name="person__name", far="far")
    other = near.exclude(person=OuterRef("person")).values(told=told)[:1]
    return (
        Voiceprint.objects.filter(person=person)
        .defer("vector")
        .select_related("space", "transcript_speaker")
        .annotate(own=Subquery(own), other=Subquery(other))
        .order_by("-created_at", "id")[:PRINTS]
    )


def _exact_distance() -> Combinable:
    """Plus nothing: the index answers a bare distance, and filters may leave it empty-handed."""
    bare = CosineDistance("vector", OuterRef("vector"))
    return bare + Value(0.0, output_field=FloatField())


def _row(one: Voiceprint) -> PrintRow:
    own, other = one.own, one.other  # type: ignore[attr-defined]  # annotated
    likeness = VoiceprintSimilarity(
        None if own is None else 1 - own, None if other is None else 1 - other["far"]
    )
    speaker = one.transcript_speaker
    return PrintRow(
        id=one.pk,
        source=one.get_source_display(),
        space=str(one.space),
        speech_s=one.speech_s,
        quality=quality_of(one),
        created_at=one.created_at,
        created_by=one.created_by,
        transcript_id=None if speaker is None else speaker.transcript_id,
        likeness=likeness,
        other=None if other is None else Other(other["person"], other["name"]),
        doubtful=likeness.is_doubtful(one.space.threshold),
    )


def quality_of(one: Voiceprint) -> str:
    """The figures of a print, in words."""
    figures = one.quality.items() if isinstance(one.quality, dict) else ()
    return ", ".join(
        f"{name.replace('_', ' ')} {round(value, 3)}"
        for name, value in figures
        if isinstance(value, int | float)
    )
