"""Whose voice is it?"""

from rest_framework.request import Request
from rest_framework.response import Response

from voiceprints.api.schema.operations import ENGINE, documented
from voiceprints.api.serializers.identification import IdentificationAnswer, IdentifyRequest, told
from voiceprints.api.serializers.strict_requests import NoQuery
from voiceprints.api.views.library_view import LibraryView, actor_of
from voiceprints.matching.speaker_identification import identify_speakers
from voiceprints.matching.voice_matching import identify_voice
from voiceprints.models import audit
from voiceprints.models.audit import Action


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
        actor, limit = actor_of(request), given["limit"]
        if "file" in given:
            heard = identify_speakers(given["file"], actor=actor, limit=limit)
            speakers = [told(one.label, one.speech_s, one.identified) for one in heard]
        else:
            space = given["space"]
            found = identify_voice(given["fingerprint"], space, limit=limit)
            audit.record(actor, Action.IDENTIFIED, speakers=1, space=str(space))
            speakers = [told(None, None, found)]
        return Response({"object": "identification", "speakers": speakers})
