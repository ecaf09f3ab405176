"""URLs of the library's endpoints, each with and without its trailing slash."""

from audio.api.urls import endpoint
from voiceprints.api.views import (
    corrections,
    identification,
    jobs,
    kept_audio,
    people,
    spaces,
    transcripts,
    vocabularies,
    voiceprints,
)

urlpatterns = [
    *endpoint("people", people.People),
    *endpoint("people/<str:person>", people.OnePerson),
    *endpoint("people/<str:person>/merge", people.MergePeople),
    *endpoint("people/<str:person>/voiceprints", voiceprints.Voiceprints),
    *endpoint("people/<str:person>/voiceprints/<str:voiceprint>", voiceprints.OneVoiceprint),
    *endpoint("voiceprints/identify", identification.Identify),
    *endpoint("transcripts", transcripts.Transcripts),
    *endpoint("transcripts/<str:transcript>", transcripts.OneTranscript),
    *endpoint("transcripts/<str:transcript>/speakers/<str:label>", transcripts.OneSpeaker),
    *endpoint("transcripts/<str:transcript>/blocks", corrections.Blocks),
    *endpoint("transcripts/<str:transcript>/blocks/<str:n>", corrections.OneBlock),
    *endpoint("transcripts/<str:transcript>/blocks/<str:n>/split", corrections.SplitBlock),
    *endpoint("transcripts/<str:transcript>/blocks/<str:n>/join", corrections.JoinBlock),
    *endpoint(
        "transcripts/<str:transcript>/speakers/<str:label>/merge", corrections.MergeSpeakers
    ),
    *endpoint("transcripts/<str:transcript>/speakers/<str:label>/split", corrections.SplitSpeaker),
    *endpoint("transcripts/<str:transcript>/history", corrections.History),
    *endpoint("transcripts/<str:transcript>/undo", corrections.Undo),
    *endpoint("transcripts/<str:transcript>/audio", kept_audio.Audio),
    *endpoint("transcripts/<str:transcript>/clip", kept_audio.Clip),
    *endpoint("transcripts/<str:transcript>/waveform", kept_audio.Waveform),
    *endpoint("jobs", jobs.Jobs),
    *endpoint("jobs/<str:job>", jobs.OneJob),
    *endpoint("spaces", spaces.Spaces),
    *endpoint("vocabulary", vocabularies.Vocabularies),
    *endpoint("vocabulary/<str:key>", vocabularies.OneVocabulary),
]
