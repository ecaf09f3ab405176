"""What does a recording say, and which of its anonymous speakers says it?"""

from collections.abc import Mapping
from functools import partial

from audio.engines import parakeet
from audio.engines.client import Recording
from audio.library import library
from audio.merge.labelling import LabellingRule, label_blocks, speaker_limit
from audio.merge.naming import speakers_of
from audio.merge.recognition import recognise
from audio.merge.timeline import Diarization, LabelledTranscript, Transcription
from audio.pipeline.parallel import in_parallel

# Diarizers begin a turn up to a quarter of a second after its first word, which is still theirs.
# And a recognizer that hears one speaker at a time gives the words of an overlap in turn.
LABELLING = LabellingRule(tolerance_s=0.25, share_overlaps=True)
DEFAULT_LANGUAGE = "en"
_NO_OPTIONS: Mapping[str, str] = {}


def transcribe(recording: Recording, options: Mapping[str, str] = _NO_OPTIONS) -> Transcription:
    """What does this recording say?"""
    return parakeet.transcribe(recording, options)


def diarize_chunk(recording: Recording) -> Diarization:
    """Who, anonymously, talks when in this recording?"""
    return parakeet.diarize_chunk(recording)


def transcribe_with_speakers(recording: Recording) -> LabelledTranscript:
    """Who, anonymously, said what in this recording?"""
    said, heard = in_parallel(partial(transcribe, recording), partial(parakeet.diarize, recording))
    return _labelled(said, heard)


def transcribe_with_known_speakers(recording: Recording, *, reader: str) -> LabelledTranscript:
    """Who said what in this recording, by name where the library knows the voice?"""
    said, heard = in_parallel(partial(transcribe, recording), partial(diarize_chunk, recording))
    space = heard.models.get("embedding", "")
    voices = library().voices(space, heard.fingerprints, asked_by=reader)
    return recognise(_labelled(said, heard), heard.fingerprints, voices)


def _labelled(said: Transcription, heard: Diarization) -> LabelledTranscript:
    blocks, warnings = label_blocks(heard, said, rule=LABELLING)
    return LabelledTranscript(
        duration=next((d for d in (said.duration, heard.duration) if d is not None), 0.0),
        language=said.language or DEFAULT_LANGUAGE,
        speakers=speakers_of(heard),
        blocks=blocks,
        models={
            "transcription": said.model or "parakeet",
            "diarization": heard.models.get("diarization", "sortformer"),
        },
        warnings=(*warnings, *speaker_limit(heard)),
    )
