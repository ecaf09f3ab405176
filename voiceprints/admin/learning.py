"""Learning a voice from these pages, and saying why one was not learned."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.admin.entries import actor_of, may
from voiceprints.enrolment.voice_enrolment import SpeakerOf, enrol_speaker
from voiceprints.models import Person, TranscriptSpeaker
from voiceprints.people.refusals import EnrolmentRefused, VoiceTaken
from voiceprints.storage.locks import PersonGone
from voiceprints.transcripts.speaker_naming import NoSuchSpeaker


def learn_from(request: HttpRequest, speaker: TranscriptSpeaker, person: Person) -> None:
    """Make the voice of a transcript's speaker a print, and say how that went."""
    heard = SpeakerOf(speaker.transcript_id, speaker.label)
    try:
        enrol_speaker(person.pk, heard, actor=actor_of(request))
    except (PersonGone, NoSuchSpeaker) as gone:
        messages.warning(request, f"The voice was not learned. {gone}")
    except EnrolmentRefused as refusal:
        messages.warning(request, reason_of(request, refusal, person))
    else:
        messages.success(request, f"The voice of {person.name} was learned.")


def reason_of(request: HttpRequest, refusal: EnrolmentRefused, person: Person) -> SafeString:
    """Why a voice was not learned; who has it already, for those who may see people."""
    told = format_html("The voice was not learned. {}", str(refusal))
    if not isinstance(refusal, VoiceTaken) or not may(request, "view_person"):
        return told
    return format_html(
        '{} It is most like <a href="{}">{}</a>. <a href="{}">Merge the two</a>',
        told,
        reverse("admin:voiceprints_person_change", args=[refusal.person_id]),
        refusal.name,
        reverse("admin:voiceprints_person_merge", args=[person.pk]),
    )
