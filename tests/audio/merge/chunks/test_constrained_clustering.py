"""Clustering where some pairs must not share a group."""

import numpy as np
import pytest
from numpy.typing import NDArray

from audio.merge.chunks.constrained_clustering import LinkingRule, cluster

UNKNOWN = np.nan


def on_a_line(*places: float) -> NDArray[np.float64]:
    """Return the distances of points on a line."""
    at = np.array(places)
    distances: NDArray[np.float64] = np.abs(at - at[:, np.newaxis])
    return distances


def groups_of(
    distances: NDArray[np.float64],
    *,
    seconds: tuple[float, ...] | None = None,
    apart: tuple[tuple[int, int], ...] = (),
    rule: LinkingRule | None = None,
) -> list[int]:
    never = np.zeros(distances.shape, dtype=np.bool_)
    for one, other in apart:
        never[one, other] = never[other, one] = True
    weights = np.ones(len(distances)) if seconds is None else np.array(seconds)
    return list(map(int, cluster(distances, weights, never, rule=rule or LinkingRule())))


def test_groups_join_up_to_the_cut() -> None:
    assert groups_of(on_a_line(0.0, 0.7, 2.0)) == [0, 0, 1]


def test_groups_beyond_the_cut_stay_apart() -> None:
    assert groups_of(on_a_line(0.0, 0.71, 2.0)) == [0, 1, 2]


def test_the_distance_of_two_groups_is_the_mean_over_their_pairs() -> None:
    # 0 and 0.4 join first; 1.0 is 1.0 and 0.6 away from them: 0.8.
    assert groups_of(on_a_line(0.0, 0.4, 1.0)) == [0, 0, 1]


def test_the_mean_is_weighted_by_the_items_seconds() -> None:
    # The item 0.6 away has three times the weight of the one 1.0 away: 0.7.
    assert groups_of(on_a_line(0.0, 0.4, 1.0), seconds=(1.0, 3.0, 1.0)) == [0, 0, 0]


def test_groups_are_numbered_in_order_of_first_appearance() -> None:
    assert groups_of(on_a_line(5.0, 0.0, 5.1, 9.0)) == [0, 1, 0, 2]


def test_items_that_must_stay_apart_do_so_even_at_distance_0() -> None:
    assert groups_of(on_a_line(0.0, 0.0), apart=((0, 1),)) == [0, 1]


def test_a_pair_that_must_stay_apart_holds_for_the_whole_group() -> None:
    assert groups_of(on_a_line(0.0, 0.1, 0.3), apart=((0, 2),)) == [0, 0, 1]


def test_an_item_refused_by_one_group_may_join_another() -> None:
    distances = on_a_line(0.0, 0.1, 0.3, 0.6)

    assert groups_of(distances, apart=((0, 2),)) == [0, 0, 1, 1]


def test_a_hundred_near_pairs_do_not_outweigh_one_that_must_stay_apart() -> None:
    distances = on_a_line(*np.linspace(0.0, 0.1, 20))

    groups = groups_of(distances, apart=((0, 19),))

    assert groups[0] != groups[19]
    assert len(set(groups)) == 2


def test_unknown_distances_do_not_count_in_the_mean() -> None:
    distances = on_a_line(0.0, 0.2, 0.5)
    distances[0, 2] = distances[2, 0] = UNKNOWN

    assert groups_of(distances) == [0, 0, 0]


def test_groups_without_a_known_distance_do_not_join() -> None:
    assert groups_of(np.full((2, 2), UNKNOWN), rule=LinkingRule(max_speakers=1)) == [0, 1]


def test_above_the_most_speakers_groups_join_beyond_the_cut() -> None:
    distances = on_a_line(0.0, 1.0, 9.0)

    assert groups_of(distances, rule=LinkingRule(max_speakers=2)) == [0, 0, 1]


def test_a_cough_joins_before_two_speakers_do() -> None:
    distances = on_a_line(0.0, 1.0, 3.0)

    groups = groups_of(distances, seconds=(60.0, 60.0, 1.0), rule=LinkingRule(max_speakers=2))

    assert groups == [0, 1, 1]


def test_the_most_speakers_do_not_join_what_must_stay_apart() -> None:
    rule = LinkingRule(max_speakers=1)

    assert groups_of(on_a_line(0.0, 1.0, 2.0), apart=((0, 1), (0, 2), (1, 2)), rule=rule) == [
        *range(3)
    ]


def test_at_the_fewest_speakers_nothing_joins() -> None:
    assert groups_of(on_a_line(0.0, 0.1, 0.3), rule=LinkingRule(min_speakers=2)) == [0, 0, 1]


def test_an_item_without_seconds_still_joins() -> None:
    assert groups_of(on_a_line(0.0, 0.1), seconds=(0.0, 0.0)) == [0, 0]


def test_without_items_the_groups_are_empty() -> None:
    assert groups_of(np.empty((0, 0))) == []


def test_the_arguments_are_not_changed() -> None:
    distances, seconds = on_a_line(0.0, 0.1), np.array([0.0, 1.0])
    apart = np.zeros((2, 2), dtype=np.bool_)

    cluster(distances, seconds, apart)

    assert distances.tolist() == on_a_line(0.0, 0.1).tolist()
    assert seconds.tolist() == [0.0, 1.0]
    assert not apart.any()


@pytest.mark.parametrize(("fewest", "most"), [(0, None), (0, 2), (3, 2)])
def test_contradicting_numbers_of_speakers_are_refused(fewest: int, most: int | None) -> None:
    with pytest.raises(ValueError, match="1 <= min <= max"):
        LinkingRule(min_speakers=fewest, max_speakers=most)


def test_the_nearest_group_may_change_after_a_union() -> None:
    # 2 and 3 are nearest to 0, but 0.6 and 0.7 from it and 1 when joined, and 0.5 from each other.
    distances = np.array(
        [[0.0, 0.1, 0.3, 0.4], [0.1, 0.0, 0.9, 1.0], [0.3, 0.9, 0.0, 0.5], [0.4, 1.0, 0.5, 0.0]]
    )

    assert groups_of(distances, rule=LinkingRule(cut=0.55)) == [0, 0, 1, 1]
