"""The page of a person: the form, and below it voiceprints and latest transcripts."""

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
from voiceprints.matching.doubtful_voiceprints import VoiceprintSimilarity
from voiceprints.models import Person, Transcript, Voiceprint
from voiceprints.people.consent import LONGEST_HOW, LONGEST_NAME, clean_name
from voiceprints.people.registration import LONGEST_NOTES, MOST_ALIASES

MAX_TRANSCRIPTS = 10
MAX_VOICEPRINTS = 30


class LinesField(forms.CharField):
    """A list of names, one per line."""

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
        """Run none: the validators of a CharField expect a string."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """The form of a person, which refuses to overwrite a change made since it was opened."""

    aliases = LinesField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text="Other names that a timeline may show, one per line.",
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
            "consent_given_at": "Times are UTC. Without consent no voiceprint is stored or used.",
            "consent_how": "For example: signed form, or by e-mail.",
            "consent_until": "Empty: valid until withdrawn. To withdraw it, set the current time.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen_version"] = self.instance.version

    def clean_name(self) -> str:
        try:
            name = clean_name(self.cleaned_data["name"])
        except ValueError as error:
            raise ValidationError("Enter a name.") from error
        taken = Person.objects.named(name).exclude(pk=self.instance.pk)
        if taken.exists():
            raise ValidationError(
                "Another person has this name. Merge the two people, or add a surname."
            )
        return name

    def clean_notes(self) -> str:
        return _at_most(LONGEST_NOTES, self.cleaned_data["notes"])

    def clean_consent_how(self) -> str:
        how = _at_most(LONGEST_HOW, self.cleaned_data["consent_how"].strip())
        if self.cleaned_data.get("consent_given_at") and not how:
            raise ValidationError("Enter how consent was given, for example: signed form.")
        return how

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        seen = self.cleaned_data.get("seen_version")
        if not self.instance._state.adding and seen != self.instance.version:
            raise ValidationError(
                "Another user has changed this person in the meantime. Reload the page."
            )
        return cleaned


def _at_most(longest: int, text: str) -> str:
    if len(text) > longest:
        raise ValidationError(f"Enter at most {longest} characters.")
    return text


@dataclass(frozen=True, slots=True)
class SimilarPerson:
    """Another person with a similar voice."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class VoiceprintRow:
    """One voiceprint as the page shows it, without its vector."""

    id: UUID
    source: str
    space: str
    speech_s: float | None
    quality: str
    created_at: datetime
    created_by: str
    transcript_id: UUID | None
    similarity: VoiceprintSimilarity
    other: SimilarPerson | None
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What the page shows below the form."""

    voiceprints: list[VoiceprintRow]
    hidden_voiceprints: int
    transcripts: list[Transcript]
    has_consent: bool


def build_person_page(person_id: str, *, may_see_transcripts: bool) -> PersonPage | None:
    """Return the page of a person, or None where the person does not exist."""
    try:
        person = Person.objects.filter(pk=UUID(person_id)).first()
    except ValueError:
        return None
    if person is None:
        return None
    latest = Transcript.objects.filter(speakers__person=person).distinct()[:MAX_TRANSCRIPTS]
    count = person.voiceprints.count()
    return PersonPage(
        voiceprints=[_row(each) for each in _compare_voiceprints(person)],
        hidden_voiceprints=max(0, count - MAX_VOICEPRINTS),
        transcripts=list(latest) if may_see_transcripts else [],
        has_consent=person.has_consent(timezone.now()),
    )


def _compare_voiceprints(person: Person) -> QuerySet[Voiceprint]:
    """Return each voiceprint with the nearest of the same and of another person, in one query.

    Without valid consent no voiceprint is compared.
    """
    consenting = Person.objects.consenting(timezone.now())
    comparable = (
        Voiceprint.objects.filter(person__in=consenting)
        if person.has_consent()
        else Voiceprint.objects.none()
    )
    candidates = comparable.filter(space=OuterRef("space")).exclude(pk=OuterRef("pk"))
    near = candidates.annotate(far=_exact_distance()).order_by("far")
    own = near.filter(person=OuterRef("person")).values("far")[:1]
    described = JSONObject(person="person_id", name="person__name", far="far")
    other = near.exclude(person=OuterRef("person")).values(described=described)[:1]
    return (
        Voiceprint.objects.filter(person=person)
        .defer("vector")
        .select_related("space", "transcript_speaker")
        .annotate(own=Subquery(own), other=Subquery(other))
        .order_by("-created_at", "id")[:MAX_VOICEPRINTS]
    )


def _exact_distance() -> Combinable:
    """Return the distance plus zero, which the index cannot serve: with filters it misses rows."""
    bare = CosineDistance("vector", OuterRef("vector"))
    return bare + Value(0.0, output_field=FloatField())


def _row(voiceprint: Voiceprint) -> VoiceprintRow:
    own, other = voiceprint.own, voiceprint.other  # type: ignore[attr-defined]  # annotated
    similarity = VoiceprintSimilarity(
        None if own is None else 1 - own, None if other is None else 1 - other["far"]
    )
    speaker = voiceprint.transcript_speaker
    return VoiceprintRow(
        id=voiceprint.pk,
        source=voiceprint.get_source_display(),
        space=str(voiceprint.space),
        speech_s=voiceprint.speech_s,
        quality=describe_quality(voiceprint),
        created_at=voiceprint.created_at,
        created_by=voiceprint.created_by,
        transcript_id=None if speaker is None else speaker.transcript_id,
        similarity=similarity,
        other=None if other is None else SimilarPerson(other["person"], other["name"]),
        is_doubtful=similarity.is_doubtful(voiceprint.space.threshold),
    )


def describe_quality(voiceprint: Voiceprint) -> str:
    """Return the quality figures of a voiceprint as text."""
    quality = voiceprint.quality
    figures = quality.items() if isinstance(quality, dict) else ()
    return ", ".join(
        f"{name.replace('_', ' ')} {round(value, 3)}"
        for name, value in figures
        if isinstance(value, int | float)
    )
