"""What does a recording say, and which of its anonymous speakers says it?"""

from collections.abc import Mapping

from audio import metrics
from audio.library import library
from audio.media.recording import Recording
from audio.merge.clustering import LINKING_RULE, LinkingRule
from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.identification import recognise
from audio.merge.speaker_labels import LabellingRule, label_blocks
from audio.merge.values import Diarization, LabelledTranscript
from audio.pipeline.analysis import Heard, Hearing, hear

# Diarizers begin a turn up to a quarter of a second after its first word, which is still theirs.
# And a recognizer that hears one speaker at a time gives the words of an overlap in turn.
LABELLING = LabellingRule(tolerance_s=0.25, share_overlaps=True)
DEFAULT_LANGUAGE = "en"


def transcribe(recording: Recording, options: Mapping[str, str]) -> Heard:
    """What does this recording say?"""
    return hear(Hearing(recording=recording, options=options))[0]


def diarize_chunk(recording: Recording) -> Diarization:
    """Who, anonymously, talks when in this recording, and how does each of them sound?"""
    return hear(Hearing(recording=recording, speakers="fingerprints"))[0].talk


def transcribe_with_speakers(
    recording: Recording, *, linking: LinkingRule = LINKING_RULE
) -> LabelledTranscript:
    """Who, anonymously, said what in this recording?"""
    [heard] = hear(Hearing(recording=recording, options={}, speakers="turns", linking=linking))
    return _labelled(heard)


def transcribe_with_known_speakers(
    recording: Recording, *, reader: str, linking: LinkingRule = LINKING_RULE
) -> LabelledTranscript:
    """Who said what in this recording, by name where the library knows the voice?"""
    [heard] = hear(
        Hearing(recording=recording, options={}, speakers="fingerprints", linking=linking)
    )
    prints = heard.talk.embeddings
    voices = library().voices(heard.talk.models.get("embedding", ""), prints, asked_by=reader)
    named = recognise(_labelled(heard), prints, voices)
    metrics.count_names(
        "voiceprint" if one.name else "unmatched" for one in named.recognised or ()
    )
    return named


def _labelled(heard: Heard) -> LabelledTranscript:
    said, talk = heard.said, heard.talk
    with metrics.MERGES.labels("transcribe_with_speakers").time():
        blocks, warnings = label_blocks(talk, said, rule=LABELLING)
    return LabelledTranscript(
        duration=next((d for d in (said.duration, talk.duration) if d is not None), 0.0),
        language=said.language or DEFAULT_LANGUAGE,
        speakers=speakers_of(talk),
        blocks=blocks,
        models={
            "transcription": said.model or "parakeet",
            "diarization": talk.models.get("diarization", "sortformer"),
        },
        warnings=(*warnings, *heard.warnings),
    )
