"""The pages on which a speaker of a transcript gets a name, there and in other transcripts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from audio.merge.naming.voices.open_set_identification import Identification
from voiceprints.admin.colours import read_palette
from voiceprints.admin.library_admin import (
    LibraryAdmin,
    actor_of,
    explain_refusal,
    has_permissions,
    submitted_data,
)
from voiceprints.admin.transcript.transcript_page import kept_tracks
from voiceprints.enrolment.voice_enrolment import enrol_speaker
from voiceprints.matching.speaker_lookup import SpeakerNotFound, SpeakerReference
from voiceprints.matching.speaker_voices import find_usable_voice
from voiceprints.matching.voice_matching import KnownPerson, identify_voice
from voiceprints.models import Block, Person, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import LONGEST_NAME, Consent, clean_name, record_consent
from voiceprints.people.enrolment_errors import EnrolmentRefused, NameErased
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_naming import (
    SimilarSpeaker,
    name_similar_speakers,
    name_speaker,
    similar_speakers,
)

OTHER_NAME = "new"
MAX_CANDIDATES = 6
# The share of the threshold below which a person is no suggestion: two voices are that similar
# by chance.
FLOOR = 0.5
MAX_QUOTES = 3
# Shorter blocks say little about their speaker.
MIN_QUOTE_CHARACTERS = 20


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


def naming_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that names a speaker."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not has_permissions(request, "view_person"):
            raise PermissionDenied
        speaker = _get_speaker(transcript_id, speaker_id)
        identified = _identify(request, speaker)
        form = NamingForm(submitted_data(request)[0], request=request, candidates=identified)
        if request.method == "POST" and form.is_valid():
            response = _name_speaker(request, speaker, form)
            if response is not None:
                return response
        return admin.page(
            request,
            "transcript/speaker.html",
            title=f"Who is {speaker.name}?",
            speaker=speaker,
            tint=read_palette().tints_in(speaker.transcript.speakers.all())[speaker.name],
            quotes=_quotes(speaker),
            identified=identified,
            form=form,
            clip_track=_clip_track(speaker),
            next_nameless=_next_nameless(speaker),
        )

    return show


def _get_speaker(transcript_id: UUID, speaker_id: int) -> TranscriptSpeaker:
    """Return the speaker of this transcript, or raise Http404."""
    speakers = TranscriptSpeaker.objects.select_related("transcript", "person", "space")
    return get_object_or_404(speakers, pk=speaker_id, transcript=transcript_id)


def _clip_track(speaker: TranscriptSpeaker) -> str:
    """Return the kept track on which the speaker is heard, or an empty string."""
    tracks = kept_tracks(speaker.transcript)
    wanted = "mic" if speaker.source == "mic_channel" else "system"
    return wanted if wanted in tracks else next(iter(tracks), "")


def _next_nameless(speaker: TranscriptSpeaker) -> int | None:
    """Return the next speaker of the transcript without a name, from the first one on again."""
    nameless = speaker.transcript.speakers.filter(source="unmatched").exclude(pk=speaker.pk)
    keys = sorted(nameless.values_list("pk", flat=True), key=lambda pk: (pk < speaker.pk, pk))
    return keys[0] if keys else None


def _identify(
    request: HttpRequest, speaker: TranscriptSpeaker
) -> Identification[KnownPerson] | None:
    """Return the candidates for the voice, or None for a speaker without a usable embedding."""
    voice = find_usable_voice(speaker)
    if voice is None:
        return None
    found = identify_voice(voice.vector, voice.space, limit=MAX_CANDIDATES)
    floor = FLOOR * voice.space.threshold
    if request.method == "GET":
        audit.record(
            actor_of(request),
            Action.IDENTIFIED,
            transcript=speaker.transcript_id,
            speakers=1,
            space=str(voice.space),
        )
    similar = tuple(one for one in found.candidates if one.similarity >= floor)
    return replace(found, candidates=similar)


def _quotes(speaker: TranscriptSpeaker) -> list[Block]:
    """Return the first long blocks of the speaker, or the first of any length."""
    blocks = Block.objects.filter(transcript=speaker.transcript_id, speaker__name=speaker.name)
    long_blocks = blocks.filter(text__regex=rf"^.{{{MIN_QUOTE_CHARACTERS}}}")[:MAX_QUOTES]
    return list(long_blocks) or list(blocks[:MAX_QUOTES])


def _name_speaker(
    request: HttpRequest, speaker: TranscriptSpeaker, form: NamingForm
) -> HttpResponse | None:
    """Name the speaker and return the next page; None where the form now has an error."""
    actor = actor_of(request)
    try:
        with transaction.atomic():
            person = form.save_person(actor)
            name_speaker(speaker.transcript_id, speaker.label, person.pk, actor=actor)
    except PersonNotFound:
        form.add_error(None, "This person no longer exists.")
        return None
    except NameErased as refusal:
        form.add_error("name", str(refusal).removeprefix("name: ").capitalize())
        return None
    except SpeakerNotFound:
        messages.error(request, "This speaker no longer exists.")
        return HttpResponseRedirect(reverse("admin:voiceprints_transcript_changelist"))
    messages.success(request, f"{speaker.name} is now {person.name}.")
    if form.cleaned_data["enrol"]:
        _enrol_speaker(request, speaker, person)
    return HttpResponseRedirect(
        reverse("admin:voiceprints_transcript_elsewhere", args=[speaker.transcript_id, speaker.pk])
    )


def _enrol_speaker(request: HttpRequest, speaker: TranscriptSpeaker, person: Person) -> None:
    """Enrol the speaker's voice for the person, and add a message with the outcome."""
    reference = SpeakerReference(speaker.transcript_id, speaker.label)
    try:
        enrol_speaker(person.pk, reference, actor=actor_of(request))
    except (PersonNotFound, SpeakerNotFound) as missing:
        messages.warning(request, f"The voice was not enrolled. {missing}")
    except EnrolmentRefused as refusal:
        messages.warning(request, explain_refusal(request, refusal, person))
    else:
        messages.success(request, f"The voice of {person.name} was enrolled.")


def elsewhere_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """Return the view of the page that names the same voice in other transcripts."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not has_permissions(request, "view_person"):
            raise PermissionDenied
        speaker = _get_speaker(transcript_id, speaker_id)
        back = reverse("admin:voiceprints_transcript_change", args=[transcript_id])
        similar = _find_similar(speaker)
        if speaker.person is None or not similar:
            return HttpResponseRedirect(back)
        if request.method == "POST":
            _name_similar(request, speaker, similar)
            return HttpResponseRedirect(back)
        return admin.page(
            request,
            "transcript/elsewhere.html",
            title=f"{speaker.name} in other transcripts",
            speaker=speaker,
            nameless=[one for one in similar if one.nameless],
            named=[one for one in similar if not one.nameless],
        )

    return show


def _find_similar(speaker: TranscriptSpeaker) -> list[SimilarSpeaker]:
    voice = find_usable_voice(speaker)
    if voice is None:
        return []
    return similar_speakers(voice.vector, voice.space, exclude=speaker.transcript_id)


def _name_similar(
    request: HttpRequest, speaker: TranscriptSpeaker, similar: list[SimilarSpeaker]
) -> None:
    """Name the chosen speakers; a forged form can choose only those that were listed."""
    listed = {str(one.speaker_id): one.speaker_id for one in similar if one.nameless}
    chosen = [listed[key] for key in request.POST.getlist("speaker") if key in listed]
    if not chosen or speaker.person_id is None:
        messages.info(request, "No speaker was chosen, so no other transcript was changed.")
        return
    try:
        named = name_similar_speakers(chosen, speaker.person_id, actor=actor_of(request))
    except PersonNotFound:
        messages.error(request, "This person no longer exists. Nothing was changed.")
        return
    messages.success(request, f"Speakers named in other transcripts: {len(named)}.")
