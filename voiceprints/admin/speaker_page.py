"""The pages on which a speaker of a transcript gets a name, there and in other transcripts."""

from collections.abc import Callable
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

from audio.merge.naming.identification import Identification
from voiceprints.admin.colours import tints_in
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, may, reason_of, sent
from voiceprints.enrolment.voice_enrolment import enrol_speaker
from voiceprints.matching.speaker_lookup import SpeakerNotFound, SpeakerReference
from voiceprints.matching.speaker_voices import find_usable_voice
from voiceprints.matching.voice_matching import KnownPerson, identify_voice
from voiceprints.models import Block, Person, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.people.consent import LONGEST_NAME, Consent, clean_name, record_consent
from voiceprints.people.enrolment_errors import EnrolmentRefused
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_naming import (
    SimilarSpeaker,
    name_similar_speakers,
    name_speaker,
    similar_speakers,
)

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

    def __init__(
        self, data: Any, *, request: HttpRequest, candidates: Identification[KnownPerson] | None
    ) -> None:
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
            self.cleaned_data["name"] = name = clean_name(given)
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
        if person is not None and person.has_consent():
            return
        if not cleaned.get("consent"):
            raise ValidationError(
                {"consent": "A voice is learned only with the consent of its person."}
            )
        if not may(self.request, "change_person"):
            raise ValidationError({"consent": "You may not record the consent of people."})
        if person is not None and person.has_consent_ended(timezone.now()):
            raise ValidationError(
                {"consent": "This person's consent has ended. Renew it on the person's page."}
            )
        if not cleaned.get("consent_how"):
            raise ValidationError({"consent_how": "Write how, such as: signed form."})

    def chosen(self, actor: str) -> Person:
        """Whoever was chosen, made where the name is new, with the consent that was given.

        Raises
        ------
        PersonNotFound
        """
        given: Person | None = self.cleaned_data["person"]
        person = given or get_or_create_person(self.cleaned_data["name"], actor=actor)
        if not self.cleaned_data["learn"] or person.has_consent():
            return person
        return record_consent(person.pk, Consent(self.cleaned_data["consent_how"]), actor=actor)


SUGGESTIONS = 6
QUOTES = 3


def naming_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not may(request, "view_person"):
            raise PermissionDenied
        speaker = speaker_in(transcript_id, speaker_id)
        suggestions = _suggestions(request, speaker)
        form = NamingForm(sent(request)[0], request=request, candidates=suggestions)
        if request.method == "POST" and form.is_valid():
            answer = _named(request, speaker, form)
            if answer is not None:
                return answer
        return admin.page(
            request,
            "transcript/speaker.html",
            title=f"Who is {speaker.name}?",
            speaker=speaker,
            tint=tints_in(speaker.transcript.speakers.all())[speaker.name],
            quotes=_quotes(speaker),
            identified=suggestions,
            form=form,
        )

    return show


def speaker_in(transcript_id: UUID, speaker_id: int) -> TranscriptSpeaker:
    """The speaker, of that transcript only."""
    speakers = TranscriptSpeaker.objects.select_related("transcript", "person", "space")
    return get_object_or_404(speakers, pk=speaker_id, transcript=transcript_id)


def _suggestions(
    request: HttpRequest, speaker: TranscriptSpeaker
) -> Identification[KnownPerson] | None:
    """Whose voice it may be; None where there is no voice to compare."""
    voice = find_usable_voice(speaker)
    if voice is None:
        return None
    found = identify_voice(voice.vector, voice.space, limit=SUGGESTIONS)
    if request.method == "GET":
        audit.record(
            actor_of(request),
            Action.IDENTIFIED,
            transcript=speaker.transcript_id,
            speakers=1,
            space=str(voice.space),
        )
    return found


def _quotes(speaker: TranscriptSpeaker) -> list[Block]:
    """The first things said at some length."""
    said = Block.objects.filter(transcript=speaker.transcript_id, speaker__name=speaker.name)
    telling = said.filter(text__regex=r"^.{20}")[:QUOTES]
    return list(telling) or list(said[:QUOTES])


def _named(
    request: HttpRequest, speaker: TranscriptSpeaker, form: NamingForm
) -> HttpResponse | None:
    """Where to go on; None where something was refused, which the form then says."""
    actor = actor_of(request)
    try:
        with transaction.atomic():
            person = form.chosen(actor)
            name_speaker(speaker.transcript_id, speaker.label, person.pk, actor=actor)
    except PersonNotFound:
        form.add_error(None, "This person is not there any more.")
        return None
    except SpeakerNotFound:
        messages.error(request, "This speaker is not there any more.")
        return HttpResponseRedirect(reverse("admin:voiceprints_transcript_changelist"))
    messages.success(request, f"{speaker.name} is now {person.name}.")
    if form.cleaned_data["learn"]:
        learn_from(request, speaker, person)
    return HttpResponseRedirect(
        reverse("admin:voiceprints_transcript_elsewhere", args=[speaker.transcript_id, speaker.pk])
    )


def learn_from(request: HttpRequest, speaker: TranscriptSpeaker, person: Person) -> None:
    """Make the voice of a transcript's speaker a print, and say how that went."""
    heard = SpeakerReference(speaker.transcript_id, speaker.label)
    try:
        enrol_speaker(person.pk, heard, actor=actor_of(request))
    except (PersonNotFound, SpeakerNotFound) as gone:
        messages.warning(request, f"The voice was not learned. {gone}")
    except EnrolmentRefused as refusal:
        messages.warning(request, reason_of(request, refusal, person))
    else:
        messages.success(request, f"The voice of {person.name} was learned.")


def elsewhere_view(admin: LibraryAdmin) -> Callable[..., HttpResponse]:
    """The page, of that admin."""

    def show(request: HttpRequest, transcript_id: UUID, speaker_id: int) -> HttpResponse:
        if not admin.has_change_permission(request) or not may(request, "view_person"):
            raise PermissionDenied
        speaker = speaker_in(transcript_id, speaker_id)
        back = reverse("admin:voiceprints_transcript_change", args=[transcript_id])
        similar = _similar(speaker)
        if speaker.person is None or not similar:
            return HttpResponseRedirect(back)
        if request.method == "POST":
            _name(request, speaker, similar)
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


def _similar(speaker: TranscriptSpeaker) -> list[SimilarSpeaker]:
    voice = find_usable_voice(speaker)
    if voice is None:
        return []
    return similar_speakers(voice.vector, voice.space, besides=speaker.transcript_id)


def _name(request: HttpRequest, speaker: TranscriptSpeaker, similar: list[SimilarSpeaker]) -> None:
    """Only those that were listed: nothing else can be chosen by a form of one's own."""
    listed = {str(one.speaker_id): one.speaker_id for one in similar if one.nameless}
    chosen = [listed[given] for given in request.POST.getlist("speaker") if given in listed]
    if not chosen or speaker.person_id is None:
        messages.info(request, "Nobody was chosen, so no other transcript was changed.")
        return
    try:
        named = name_similar_speakers(chosen, speaker.person_id, actor=actor_of(request))
    except PersonNotFound:
        messages.error(request, "This person is not there any more. Nothing was changed.")
        return
    messages.success(request, f"Named in other transcripts too: {len(named)}.")
