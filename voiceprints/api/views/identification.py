"""The endpoint that identifies speakers by voice."""

from rest_framework.request import Request
from rest_framework.response import Response

from voiceprints.api.schema.operations import ENGINE_STATUSES, document
from voiceprints.api.serializers.identification import (
    IdentificationAnswer,
    IdentifyRequest,
    render_speaker,
)
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.views.library_view import LibraryView, actor_of
from voiceprints.matching.speaker_identification import identify_speakers
from voiceprints.matching.voice_matching import identify_voice
from voiceprints.models import audit
from voiceprints.models.audit import Action


class Identify(LibraryView):
    """POST /api/voiceprints/identify."""

    changes = False

    @document(
        "identify",
        "Identify the speakers of a recording, or one fingerprint, with ranked candidates",
        request={"multipart/form-data": IdentifyRequest, "application/json": IdentifyRequest},
        answers={200: IdentificationAnswer},
        refusals=ENGINE_STATUSES,
    )
    def post(self, request: Request) -> Response:
        NoQuery.from_query(request)
        fields = IdentifyRequest.from_data(request.data).validated_data
        actor, limit = actor_of(request), fields["limit"]
        if "file" in fields:
            found = identify_speakers(fields["file"], actor=actor, limit=limit)
            speakers = [
                render_speaker(one.label, one.speech_s, one.identification) for one in found
            ]
        else:
            space = fields["space"]
            identified = identify_voice(fields["fingerprint"], space, limit=limit)
            audit.record(actor, Action.IDENTIFIED, speakers=1, space=str(space))
            speakers = [render_speaker(None, None, identified)]
        return Response({"object": "identification", "speakers": speakers})
