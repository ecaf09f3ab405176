"""URLs of the library's endpoints, each with and without its trailing slash."""

from audio.api.urls import at
from voiceprints.api.views import identification, jobs, people, spaces, transcripts, voiceprints

urlpatterns = [
    *at("people", people.People),
    *at("people/<str:person>", people.OnePerson),
    *at("people/<str:person>/merge", people.MergePeople),
    *at("people/<str:person>/voiceprints", voiceprints.Voiceprints),
    *at("people/<str:person>/voiceprints/<str:voiceprint>", voiceprints.OneVoiceprint),
    *at("voiceprints/identify", identification.Identify),
    *at("transcripts", transcripts.Transcripts),
    *at("transcripts/<str:transcript>", transcripts.OneTranscript),
    *at("transcripts/<str:transcript>/speakers/<str:label>", transcripts.OneSpeaker),
    *at("jobs", jobs.Jobs),
    *at("jobs/<str:job>", jobs.OneJob),
    *at("spaces", spaces.Spaces),
]
