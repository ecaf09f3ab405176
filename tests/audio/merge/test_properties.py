"""The merge core against plain implementations of its rules: random values, ties and extremes.

A numpy warning is an error, and the arrays passed in are read-only.
"""

import math
from copy import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from audio.merge.chunks.constrained_clustering import LinkingRule, cluster
from audio.merge.chunks.linking import link_chunks
from audio.merge.naming.overlap import find_shown_names
from audio.merge.naming.voices.voice_similarity import find_nearest_voices
from audio.merge.tracks.local_speech import select_by_level, select_by_vad
from audio.merge.tracks.loudness import Track, measure_levels
from audio.merge.tracks.two_track_transcript import interleave_blocks
from audio.merge.values import UNKNOWN_SPEAKER, Block, Span, TimelineEntry, Turn, Voices, Word
from audio.merge.words.assignment import group_words, label_words
from audio.merge.words.speaker_labels import share_overlaps
from benchmarks.measures import plain_rules
from tests.audio.merge import strategies as some

Items = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


@given(some.words, some.turns, some.tolerances)
def test_labels_are_those_of_the_plain_rule(
    words: list[Word], turns: list[Turn], tolerance_s: float
) -> None:
    labels = label_words(words, turns, tolerance_s=tolerance_s)

    assert labels == plain_rules.plain_labels(words, turns, tolerance_s)


@given(some.words, st.data())
def test_blocks_are_those_of_the_plain_rule(words: list[Word], data: st.DataObject) -> None:
    speakers = data.draw(st.lists(some.names, min_size=len(words), max_size=len(words)))

    assert group_words(words, speakers) == plain_rules.plain_blocks(words, speakers)


@given(some.turns, some.entries)
def test_names_shown_are_those_of_the_plain_rule(
    turns: list[Turn], entries: list[TimelineEntry]
) -> None:
    shown = find_shown_names(turns, entries)

    result: dict[str, object] = {
        speaker: (one.name, pytest.approx(one.share)) for speaker, one in shown.items()
    }
    assert plain_rules.plain_shown(turns, entries) == result


@given(st.dictionaries(some.labels, some.embeddings), some.voices)
def test_nearest_voices_are_those_of_the_plain_rule(
    embeddings: dict[str, NDArray[np.float64]], voices: Voices
) -> None:
    nearest = find_nearest_voices(embeddings, [voices])

    plainly = plain_rules.plain_nearest(
        {who: one.tolist() for who, one in embeddings.items()}, voices
    )
    result: dict[str, object] = {
        who: (match.name, pytest.approx(match.similarity)) for who, match in nearest.items()
    }
    assert {who: best for who, best in plainly.items() if best[1] > -math.inf} == result


@given(st.integers(0, 2**32), st.integers(1, 3000), some.words.filter(bool))
def test_levels_are_those_of_the_plain_rule_whatever_the_blocks(
    seed: int, block: int, windows: list[Word]
) -> None:
    samples = np.random.default_rng(seed).normal(0.2, 0.1, 2500).astype(np.float32)
    blocks = [some.frozen(samples[at : at + block]) for at in range(0, 2500, block)]
    starts = np.array([window.start for window in windows])
    ends = np.array([window.end for window in windows]) + 0.1

    levels = measure_levels(Track(100, lambda: blocks), starts, ends)

    times = zip(starts.tolist(), ends.tolist(), strict=True)
    assert levels.rms.tolist() == pytest.approx(
        [plain_rules.plain_level(samples, 100, *window) for window in times]
    )


@given(some.items(), st.sampled_from([0.3, 0.7, 1.2]))
def test_groups_are_those_of_the_plain_rule(items: Items, cut: float) -> None:
    distances, seconds, apart = items

    groups = cluster(distances, seconds, apart, rule=LinkingRule(cut))

    plainly = plain_rules.plain_groups(distances.tolist(), seconds.tolist(), apart.tolist(), cut)
    assert groups.tolist() == plainly


@given(st.integers(0, 2**32), st.integers(2, 20), st.sampled_from([0.5, 0.7, 1.0]))
def test_groups_are_those_of_scipy_where_it_can_express_them(
    seed: int, count: int, cut: float
) -> None:
    rows = np.random.default_rng(seed).uniform(0.0, 1.0, (count, count))
    distances = np.triu(rows, 1) + np.triu(rows, 1).T

    groups = cluster(distances, np.ones(count), rows > 2.0, rule=LinkingRule(cut))

    theirs = fcluster(linkage(squareform(distances), "average"), cut, criterion="distance")
    assert (np.equal.outer(groups, groups) == np.equal.outer(theirs, theirs)).all()


@given(some.items(), st.integers(1, 4), st.integers(0, 3))
def test_pairs_that_must_stay_apart_are_never_joined(items: Items, few: int, more: int) -> None:
    distances, seconds, apart = items

    groups = cluster(distances, seconds, apart, rule=LinkingRule(0.7, few, few + more))

    assert not (apart & np.equal.outer(groups, groups)).any()
    assert len(set(groups.tolist())) >= min(few, len(seconds))


@given(some.conversations())
def test_a_conversation_cut_into_chunks_is_joined_again(conversation: list[Turn]) -> None:
    linked = link_chunks(some.diarized_in_chunks(conversation))

    numbers: dict[str, str] = {}
    for turn in conversation:
        numbers.setdefault(turn.speaker, f"Speaker_{len(numbers)}")
    assert sorted(_key(turn) for turn in linked.diarization.turns) == sorted(
        (turn.start, turn.end, numbers[turn.speaker]) for turn in conversation
    )


def _key(turn: Turn) -> tuple[float, float, str]:
    return turn.start, turn.end, turn.speaker


@given(some.turns)
def test_shared_turns_never_grow(turns: list[Turn]) -> None:
    shared = share_overlaps(turns)

    before = sorted(turns, key=lambda turn: turn.start)
    assert [turn.speaker for turn in shared] == [turn.speaker for turn in before]
    assert all(
        one.start <= part.start <= part.end <= max(one.end, part.start)
        for part, one in zip(shared, before, strict=True)
    )


@given(some.blocks, some.blocks)
def test_interleaved_blocks_are_in_order_and_contain_all_of_the_mic(
    mine: list[Block], theirs: list[Block]
) -> None:
    merged = interleave_blocks(mine, theirs)

    starts = [block.start_ms for block in merged]
    assert starts == sorted(starts)
    assert len([block for block in merged if block in mine]) >= len(mine)


@given(some.wild_words, some.wild_turns, some.tolerances)
def test_words_at_any_time_have_a_speaker_or_are_unknown(
    words: list[Word], turns: list[Turn], tolerance_s: float
) -> None:
    before = copy(words), copy(turns)

    labels = label_words(words, turns, tolerance_s=tolerance_s)

    assert {*labels} <= {UNKNOWN_SPEAKER, *(turn.speaker for turn in turns)}
    assert (words, turns) == before


@given(some.wild_words)
def test_blocks_at_any_time_are_in_order_and_never_backward(words: list[Word]) -> None:
    before = copy(words)

    blocks = group_words(words, ["Ann"] * len(words))

    assert blocks == sorted(blocks, key=lambda block: block.start_ms)
    assert all(block.start_ms <= block.end_ms for block in blocks)
    assert words == before


@given(some.wild_turns, some.wild_hints)
def test_shares_at_any_time_are_over_0_and_at_most_1(
    turns: list[Turn], entries: list[TimelineEntry]
) -> None:
    before = copy(turns), copy(entries)

    shown = find_shown_names(turns, entries)

    assert all(0 < one.share <= 1 and one.name.strip() for one in shown.values())
    assert (turns, entries) == before


@given(some.wild_spans, some.wild_words, some.wild_turns)
def test_words_selected_by_self_vad_are_a_part_in_order(
    spans: list[Span], words: list[Word], turns: list[Turn]
) -> None:
    local = select_by_vad(spans, words, turns)

    assert list(local.words) == [word for word in words if word in local.words]
    assert list(local.turns) == [turn for turn in turns if turn in local.turns]


@given(some.wild_words, st.integers(0, 500))
def test_words_at_any_time_can_be_measured(words: list[Word], count: int) -> None:
    noise = some.frozen(np.random.default_rng(count).normal(size=count)).astype(np.float32)
    mic, system = Track(100, lambda: [noise]), Track(100, lambda: [noise * np.float32(2)])

    assert select_by_level(mic, system, words, []).words == ()
