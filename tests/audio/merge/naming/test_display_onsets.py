"""Names that come on as a speaker begins to talk."""

from collections.abc import Sequence

import numpy as np

from audio.merge.intervals import Times
from audio.merge.naming.display_onsets import weigh_onsets
from audio.merge.naming.joint_table import Spans

STARTS: Times = np.linspace(0.0, 90.0, 10)


def spans(starts: Times, length: float, groups: Sequence[int], late: float = 0.0) -> Spans:
    first = np.asarray(starts + late, dtype=np.float64)
    return first, np.asarray(first + length, dtype=np.float64), np.array(groups, dtype=np.intp)


# Two speakers in turn, ten times for eight seconds, with two seconds between.
TALK = spans(STARTS, 8.0, [0, 1] * 5)


def test_a_name_that_comes_on_with_the_speakers_turns_has_weight() -> None:
    shown = spans(STARTS, 8.0, [0, 1] * 5, late=0.3)

    nats = weigh_onsets(TALK, shown, (2, 2))

    assert nats[0, 0] > 5.0
    assert nats[0, 1] < -5.0


def test_a_name_that_stays_lit_through_anothers_talk_has_no_weight_for_the_other() -> None:
    held = spans(STARTS[::2], 18.7, [0] * 5, late=0.3)

    nats = weigh_onsets(TALK, held, (2, 1))

    assert nats[0, 0] > 3.0
    assert nats[1, 0] == 0.0


def test_turns_under_another_name_speak_against_a_name() -> None:
    # The second speaker is never shown; both names stay lit through that talk, by turns.
    talk = spans(STARTS, 8.0, [0, 1, 2, 1, 0, 1, 2, 1, 0, 1])
    held = spans(STARTS[::2], 18.7, [0, 1, 0, 1, 0], late=0.3)

    nats = weigh_onsets(talk, held, (3, 2))

    assert nats[1, 0] < -1.0
    assert nats[0, 0] > 0.0


def test_turns_while_nothing_is_shown_do_not_count() -> None:
    shown = spans(STARTS[:1], 8.0, [0], late=0.3)

    assert (weigh_onsets(TALK, shown, (2, 1))[1] == 0.0).all()


def test_short_turns_do_not_count() -> None:
    short = spans(STARTS, 1.0, [0, 1] * 5)
    shown = spans(STARTS, 1.0, [0, 1] * 5, late=0.3)

    assert not weigh_onsets(short, shown, (2, 2)).any()
