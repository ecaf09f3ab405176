"""The merge core gives exactly the golden outputs."""

from pathlib import Path
from typing import Any

import pytest

from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.naming.voices.name_embeddings import embeddings_by_name
from audio.merge.tracks.local_speech import select_by_level, select_by_vad
from audio.merge.tracks.two_track_transcript import name_two_tracks
from audio.merge.values import Diarization, Word
from audio.merge.words.assignment import group_words, label_words
from tests.audio.merge import golden
from tests.audio.merge.golden import vectors_of

ORIGINAL = Path(__file__).parents[4] / "shared" / "golden" / "merge.json"


@pytest.mark.parametrize(("inputs", "output"), vectors_of("assign_speaker_to_word"))
def test_a_word_has_the_golden_speaker(inputs: dict[str, Any], output: str) -> None:
    word = Word(inputs["word_start_s"], inputs["word_end_s"], "word")

    assert label_words([word], golden.read_turns(inputs["diar_turns"])) == [output]


@pytest.mark.parametrize(("inputs", "output"), vectors_of("merge_words_with_speakers"))
def test_words_make_the_golden_blocks(inputs: dict[str, Any], output: list[Any]) -> None:
    words = golden.read_words(inputs["words"])

    blocks = group_words(words, label_words(words, golden.read_turns(inputs["diar_turns"])))

    assert golden.write_blocks(blocks) == output


@pytest.mark.parametrize(("inputs", "output"), vectors_of("name_clusters"))
def test_speakers_have_the_golden_names(inputs: dict[str, Any], output: dict[str, Any]) -> None:
    diarization = Diarization(
        golden.read_turns(inputs["diar_segments"]),
        tuple(inputs["clusters"]),
        golden.read_embeddings(inputs["fingerprints"]),
    )
    entries = golden.read_hints(inputs["timeline"])
    voices = golden.read_voices(inputs["known_voiceprints"])
    rule = OverlapRule(inputs["min_overlap"], inputs["voiceprint_threshold"])

    named = name_by_overlap(diarization, entries, voices, rule=rule)

    assert {speaker.speaker: golden.write_decision(speaker) for speaker in named} == output


@pytest.mark.parametrize(("inputs", "output"), vectors_of("speaker_list"))
def test_names_have_the_golden_embeddings(inputs: dict[str, Any], output: dict[str, Any]) -> None:
    embeddings = golden.read_embeddings(inputs["fingerprints"])
    decisions = inputs["assignment"]
    named = [
        golden.read_named(label, decisions[label], embeddings) for label in inputs["clusters"]
    ]

    by_name = embeddings_by_name(named, [])

    assert [golden.write_speaker(speaker) for speaker in named] == output["speakers"]
    assert golden.write_embeddings(by_name) == output["fingerprints"]


@pytest.mark.parametrize(("inputs", "output"), vectors_of("dual_local_words"))
def test_the_golden_words_are_local(inputs: dict[str, Any], output: list[Any]) -> None:
    words = golden.read_words(inputs["words"])
    mic, system = golden.read_track(inputs["mic"]), golden.read_track(inputs["system"])
    vad = golden.read_vad(inputs["self_vad"])

    local = (
        select_by_level(mic, system, words, []) if vad is None else select_by_vad(vad, words, [])
    )

    assert golden.write_words(local.words) == output


@pytest.mark.parametrize(("inputs", "output"), vectors_of("label_merge_dual"))
def test_two_tracks_make_the_golden_transcript(
    inputs: dict[str, Any], output: dict[str, Any]
) -> None:
    transcript = name_two_tracks(
        golden.read_answer(inputs["upstream"], "mic", inputs["mic"]),
        golden.read_answer(inputs["upstream"], "system", inputs["system"]),
        golden.read_hints(inputs["timeline"]),
        golden.read_voices(inputs["known_voiceprints"]),
        self_name=inputs["self_name"],
        self_vad=golden.read_vad(inputs["self_vad"]),
        rule=OverlapRule(inputs["min_overlap"], inputs["voiceprint_threshold"]),
    )

    assert golden.write_transcript(transcript) == output


def test_all_64_vectors_are_read() -> None:
    functions = (
        "assign_speaker_to_word",
        "merge_words_with_speakers",
        "name_clusters",
        "speaker_list",
        "dual_local_words",
        "label_merge_dual",
    )

    assert sum(len(vectors_of(function)) for function in functions) == 64


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original is not beside this repository")
def test_the_copy_is_the_original() -> None:
    assert golden.COPY.read_bytes() == ORIGINAL.read_bytes()
