"""Whose voice is it?"""

from rest_framework.request import Request
from rest_framework.response import Response

from audio.engines.client import Recording
from audio.merge.timeline import Fingerprint
from audio.pipeline.transcription import diarize_chunk
from voiceprints import audit
from voiceprints.matching import Identified, identify_voice
from voiceprints.models import Space
from voiceprints.models.audit import Action
from voiceprints.serializers.identification import (
    IdentificationAnswer,
    IdentifyRequest,
    speakers_told,
)
from voiceprints.serializers.strict import NoQuery
from voiceprints.views.documented import ENGINE, documented
from voiceprints.views.library import LibraryView, actor_of


class Identify(LibraryView):
    """POST /api/voiceprints/identify."""

    changes = False

    @documented(
        "identify",
        "Whose voice is it? Ranked candidates for each speaker of a recording, or a fingerprint",
        request={"multipart/form-data": IdentifyRequest, "application/json": IdentifyRequest},
        answers={200: IdentificationAnswer},
        refusals=ENGINE,
    )
    def post(self, request: Request) -> Response:
        NoQuery.of_query(request)
        given = IdentifyRequest.read(request.data).validated_data
        if "file" in given:
            name, voices = _heard(given["file"])
        else:
            name, voices = str(given["space"]), {None: given["fingerprint"]}
        space = Space.named(name)
        speakers = speakers_told(
            (label, _identified(voice, space, given["limit"])) for label, voice in voices.items()
        )
        audit.record(actor_of(request), Action.IDENTIFIED, speakers=len(speakers), space=name)
        return Response({"object": "identification", "space": name, "speakers": speakers})


def _heard(recording: Recording) -> tuple[str, dict[str | None, Fingerprint]]:
    heard = diarize_chunk(recording)
    voices: dict[str | None, Fingerprint] = dict(heard.fingerprints.items())
    return heard.models.get("embedding", ""), voices


def _identified(voice: Fingerprint, space: Space | None, limit: int) -> Identified:
    """In a space of which nothing is kept, everybody is unknown."""
    return (
        Identified((), "unknown") if space is None else identify_voice(voice, space, limit=limit)
    )
