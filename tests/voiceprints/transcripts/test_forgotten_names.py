"""Tests of the replacement of erased names in transcripts that were made before the erasure."""

import numpy as np

from audio.merge.values import (
    Block,
    Evidence,
    LabelledTranscript,
    NamedSpeaker,
    NamedTranscript,
    RecognisedSpeaker,
    Support,
)
from voiceprints.people.erasure_marks import ErasedNames
from voiceprints.transcripts.forgotten_names import forget_labels, forget_mentions, forget_names
from voiceprints.transcripts.name_mentions import joined_words

ZOE = ErasedNames.of(["Zoé Brook"], [joined_words("Zoé Brook")], "Person 7f3a")
VOICE = np.ones(3)


def merged(*speakers: NamedSpeaker) -> NamedTranscript:
    blocks = tuple(Block(0, 9, one.name, "Zoé Brook!") for one in speakers)
    voices = {one.name: VOICE for one in speakers}
    return NamedTranscript("mono", 9.0, speakers, blocks, embeddings=voices)


def test_a_speaker_loses_the_name_and_the_voice() -> None:
    done = forget_names(merged(NamedSpeaker("S0", "zoé brook", "visual", VOICE)), ZOE)

    assert [(one.name, one.embedding) for one in done.speakers] == [("Person 7f3a", None)]
    assert [one.speaker for one in done.blocks] == ["Person 7f3a"]
    assert done.embeddings == {}


def test_other_speakers_and_the_text_stay() -> None:
    ben = NamedSpeaker("S1", "Ben", "visual", VOICE)
    done = forget_names(merged(NamedSpeaker("S0", "Zoé Brook", "visual", VOICE), ben), ZOE)

    assert done.speakers[1] is not None
    assert (done.speakers[1].name, done.speakers[1].embedding) == ("Ben", VOICE)
    assert [one.text for one in done.blocks] == ["Zoé Brook!", "Zoé Brook!"]


def test_the_evidence_of_others_loses_the_name() -> None:
    considered = Evidence(runner_up=Support("Zoé Brook", 1.0, 0.2, 0.2))
    done = forget_names(
        merged(NamedSpeaker("S0", "Ben", "visual", VOICE, evidence=considered)), ZOE
    )

    assert "Zoé" not in str(done.speakers[0].evidence)


def test_a_speaker_whom_a_voice_named_is_a_stranger() -> None:
    done = forget_names(merged(NamedSpeaker("S0", "Zoé Brook", "voiceprint", VOICE)), ZOE)

    [speaker] = done.speakers
    assert (speaker.name, speaker.source, speaker.embedding) == ("Unknown_0", "unmatched", None)


def test_a_name_of_which_a_reading_was_erased_is_replaced_with_its_readings() -> None:
    speaker = NamedSpeaker("S0", "Zoé B.", "visual", VOICE, name_readings=("Zoé Brook", "Zoe"))
    [done] = forget_names(merged(speaker), ZOE).speakers

    assert (done.name, done.name_readings, done.embedding) == ("Person 7f3a", (), None)


def test_a_replacement_that_another_speaker_has_is_not_used() -> None:
    other = NamedSpeaker("S1", "Person 7f3a", "visual", VOICE)
    done = forget_names(merged(NamedSpeaker("S0", "Zoé Brook", "visual", VOICE), other), ZOE)

    assert [one.name for one in done.speakers] == ["Unknown_0", "Person 7f3a"]


def test_a_recognised_speaker_has_a_label_again() -> None:
    recognised = (RecognisedSpeaker("Speaker_0", "Zoé Brook", 0.9),)
    blocks = (Block(0, 9, "Zoé Brook", "Hello."),)
    done = forget_labels(
        LabelledTranscript(9.0, "en", ("Zoé Brook",), blocks, {}, recognised=recognised), ZOE
    )

    assert "Zoé" not in str(done)
    assert (done.speakers, done.blocks[0].speaker) == (("Speaker_0",), "Speaker_0")


def test_mentions_in_the_name_of_a_recording_are_replaced() -> None:
    name = "2026 zoé_brook, ZoéBrook and zoé-brooks.wav"

    assert forget_mentions(name, ZOE) == "2026 Person 7f3a, Person 7f3a and zoé-brooks.wav"
