"""The words around the seam of two overlapping parts."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from audio.merge.chunks.seams import join_at_seam
from audio.merge.chunks.transcript_text import Part, join_parts
from audio.merge.values import Transcription, Word

# Parts of a minute that share ten seconds: 0 to 65 s, 55 to 125 s, 115 to 185 s.
BORDERS = (0.0, 60.0, 120.0, 180.0)
HALF_S = 5.0
COMMON = ("yes", "no", "the", "and", "I", "see", "Mhm.", "go", "on", "well,")
SIGNS = "的一是不了人我在有他这中大来上国个到说们早安好谢再见"


def evenly(texts: Sequence[str], every_s: float, each_s: float) -> list[Word]:
    return [
        Word(0.2 + every_s * at, 0.2 + every_s * at + each_s, text)
        for at, text in enumerate(texts)
    ]


def parts_of(words: Sequence[Word], shifts: Sequence[float]) -> list[Part]:
    """Cut words into overlapping parts; each part's answer has them all later by its shift."""
    parts = []
    for begin, stop, shift in zip(BORDERS, BORDERS[1:], shifts, strict=False):
        start, end = max(0.0, begin - HALF_S), stop + HALF_S
        heard = [
            replace(word, start=word.start + shift - start, end=word.end + shift - start)
            for word in words
            if start <= word.start and word.end <= end
        ]
        inside = [replace(word, start=max(0.0, word.start)) for word in heard]
        text = " ".join(word.text for word in inside)
        parts.append(Part(start, begin, stop, Transcription(text, tuple(inside))))
    return parts


def texts_of(parts: Sequence[Part]) -> list[str]:
    return [word.text for word in join_parts(parts).words]


# How much later the middle part's answer is than those of its neighbours.
SHIFTS = st.floats(-0.199, 0.199).map(lambda shift: (0.0, shift, 0.0))
FEW = settings(max_examples=25)


@FEW
@given(shifts=SHIFTS, every_s=st.floats(0.25, 1.2))
def test_any_shift_under_two_hundred_milliseconds_gives_the_same_words(
    shifts: Sequence[float], every_s: float
) -> None:
    texts = [f"w{at}" for at in range(int(170 / every_s))]

    assert texts_of(parts_of(evenly(texts, every_s, 0.8 * every_s), shifts)) == texts


@FEW
@given(shifts=SHIFTS, random=st.randoms(use_true_random=False))
def test_words_that_often_repeat_are_distinguished_by_their_order(
    shifts: Sequence[float], random: Random
) -> None:
    texts = random.choices(COMMON, k=400)

    assert texts_of(parts_of(evenly(texts, 0.4, 0.36), shifts)) == texts


@FEW
@given(shifts=SHIFTS, random=st.randoms(use_true_random=False))
def test_pieces_of_a_script_without_spaces_are_joined_at_seams(
    shifts: Sequence[float], random: Random
) -> None:
    texts = random.choices(SIGNS, k=800)

    assert texts_of(parts_of(evenly(texts, 0.2, 0.18), shifts)) == texts


@FEW
@given(shifts=SHIFTS)
def test_words_stay_in_order_of_start(shifts: Sequence[float]) -> None:
    words = evenly([f"w{at}" for at in range(800)], 0.2, 0.1)

    starts = [word.start for word in join_parts(parts_of(words, shifts)).words]

    assert starts == sorted(starts)


def test_the_seam_is_after_the_common_word_nearest_to_the_border() -> None:
    one = [Word(57.0, 57.4, "good"), Word(59.8, 60.2, "day"), Word(62.0, 62.4, "sir")]
    other = [Word(57.1, 57.5, "good"), Word(59.9, 60.3, "day"), Word(62.1, 62.5, "Sir!")]

    joined = join_at_seam(one, other, begin=55.0, border=60.0)

    assert joined == [one[0], one[1], other[2]]


def test_a_drawn_out_word_is_found_by_its_start() -> None:
    one, other = [Word(59.0, 63.0, "day.")], [Word(59.1, 59.5, "day."), Word(64.0, 64.5, "Sir.")]

    assert join_at_seam(one, other, begin=55.0, border=60.0) == [one[0], other[1]]


def test_a_word_that_is_heard_differently_at_the_border_comes_once() -> None:
    one, other = [Word(59.7, 60.2, "hi")], [Word(59.9, 60.4, "high")]

    assert join_at_seam(one, other, begin=55.0, border=60.0) == [one[0]]


def test_a_word_that_each_part_puts_into_the_other_is_not_lost() -> None:
    one, other = [Word(59.9, 60.3, "hi")], [Word(59.7, 60.1, "high")]

    assert join_at_seam(one, other, begin=55.0, border=60.0) == [one[0]]


def test_without_a_common_word_the_midpoint_decides() -> None:
    one, other = [Word(59.0, 59.5, "a"), Word(61.0, 61.5, "b")], [Word(58.0, 58.5, "c")]

    assert join_at_seam(one, other, begin=55.0, border=60.0) == [one[0]]


def test_beside_a_missing_part_only_words_of_the_parts_own_time_are_left() -> None:
    words = evenly([f"w{at}" for at in range(450)], 0.4, 0.36)
    first, _, last = parts_of(words, (0.0, 0.0, 0.0))

    middles = [(word.start + word.end) / 2 for word in join_parts([first, last]).words]

    assert not [middle for middle in middles if first.stop <= middle < last.begin]
    assert len(middles) == 300
