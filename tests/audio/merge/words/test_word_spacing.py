"""The spaces between words and the pieces of words, in scripts with spaces and without."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.merge.values import Word
from audio.merge.words.assignment import group_words
from audio.merge.words.word_spacing import gap_between, join_words, split_words, whole_words

CHINESE = "大家早上好，我是王伟。我们用iPhone看2024年的「计划」吧！好——我知道了。"  # noqa: RUF001
JAPANESE = "おはようございます。今日はNHKの「ニュース」を見ました、ええと……はい！"  # noqa: RUF001
THAI = "สวัสดีครับ ผมชื่อสมชาย ผมใช้ Windows 11 ที่บ้าน"
BURMESE = "မင်္ဂလာပါ။ နေကောင်းလား။"
KHMER = "សួស្តី អ្នកសុខសប្បាយទេ"
LAO = "ສະບາຍດີ ຂ້ອຍຊື່ສົມ"
TEXTS = (CHINESE, JAPANESE, THAI, BURMESE, KHMER, LAO)


def timed(*texts: str) -> list[Word]:
    """Return words of a quarter of a second, one after the other."""
    return [Word(at / 4, (at + 1) / 4, text) for at, text in enumerate(texts)]


def join(*texts: str) -> str:
    return join_words(timed(*texts))


def spelled(pieces: Sequence[str], text: str) -> list[str]:
    return [word.text for word in whole_words(timed(*pieces), text)]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["said", '"hello'], 'said "hello'),
        (["get", "'em"], "get 'em"),
        (["use", ".NET"], "use .NET"),
        (["use", ".NET", "."], "use .NET."),
        (["it", "is", "(", "fine"], "it is ( fine"),
    ],
)
def test_an_opening_mark_before_a_word_keeps_its_space(tokens: list[str], text: str) -> None:
    assert join(*tokens) == text


@pytest.mark.parametrize(
    "clitic", ["'s", "'t", "'re", "'ve", "'ll", "'d", "'m", "n't", "'S", "\u2019s"]
)
def test_a_clitic_joins_tight(clitic: str) -> None:
    assert join("they", clitic) == f"they{clitic}"


def test_clitics_join_in_a_row_and_with_a_comma() -> None:
    assert join("I", "'d", "'ve,", "well") == "I'd've, well"


@pytest.mark.parametrize(
    "mark", [".", ",", "...", "?!", '"', "'", '."', ")", "],", "…", "。", "।", "؟"]
)
def test_pure_punctuation_joins_tight(mark: str) -> None:
    assert join("done", mark) == f"done{mark}"


def test_a_word_that_begins_like_a_clitic_is_a_word() -> None:
    assert join("go", "'tis", "nothing") == "go 'tis nothing"


def test_dashes_and_signs_have_spaces_on_both_sides() -> None:
    assert join("one", "-", "two", "&", "$5") == "one - two & $5"


def test_without_texts_the_line_is_empty() -> None:
    assert join("", "  ") == ""


@pytest.mark.parametrize(
    "pieces",
    [
        ("早", "上", "好"),
        ("おはよう", "ございます"),
        ("สวัสดี", "ครับ"),
        ("ສະບາຍ", "ດີ"),
        ("សួស្តី", "បង"),
        ("မင်္ဂလာ", "ပါ"),
        ("好", "，", "我"),  # noqa: RUF001
        ("说", "“", "你好", "”", "他"),
        ("ニュース", "・", "天気"),
        ("OK", "。", "Yes"),
    ],
)
def test_scripts_without_spaces_and_wide_marks_join_without_a_space(pieces: list[str]) -> None:
    assert join(*pieces) == "".join(pieces)


@pytest.mark.parametrize(
    "pieces", [("안녕하세요", "여러분"), ("नमस्ते", "दोस्तों"), ("до", "свидания")]
)
def test_scripts_with_spaces_join_with_a_space(pieces: tuple[str, str]) -> None:
    assert join(*pieces) == " ".join(pieces)


def test_a_latin_word_among_han_signs_has_a_space_where_no_text_says_otherwise() -> None:
    assert gap_between("用", "iPhone") == " "


@pytest.mark.parametrize("text", ["我用iPhone看", "我用 iPhone 看", "我用 iPhone看"])
def test_a_latin_word_among_han_signs_has_the_spaces_of_the_text(text: str) -> None:
    words = whole_words(timed("我", "用", "i", "Phone", "看"), text)

    assert [word.text for word in words] == ["我", "用", "iPhone", "看"]
    assert join_words(words) == text


@pytest.mark.parametrize(
    "text", ["Il dit « Bonjour » !", "Il dit «\u00a0Bonjour\u00a0»\u202f!", "Il dit «Bonjour»!"]
)
def test_marks_have_the_spaces_of_the_text(text: str) -> None:
    assert join_words(whole_words(timed("Il", "dit", "«", "Bonjour", "»", "!"), text)) == text


def test_a_line_break_of_the_text_becomes_a_space() -> None:
    assert join_words(whole_words(timed("早", "安"), "早\n安")) == "早 安"


@pytest.mark.parametrize(
    ("pieces", "text", "words"),
    [
        (["Hel", "lo", "there", "."], "Hello there.", ["Hello", "there."]),
        (["안녕", "하세요", "여러", "분"], "안녕하세요 여러분", ["안녕하세요", "여러분"]),
        (["大", "家", "好"], "大家好", ["大", "家", "好"]),
        (["20", "24", "年"], "2024年", ["2024", "年"]),
        (["他", "说", "「", "好", "」", "。"], "他说「好」。", ["他", "说", "「好」。"]),
        (["我", "。", "你"], "我。你", ["我。", "你"]),
        (["กา", "\u0e34", "น"], "กา\u0e34น", ["กา\u0e34", "น"]),
        (["e", "\u0301", "t"], "\u00e9t", ["e\u0301t"]),
        (["can", "'t"], "Well, can't", ["can't"]),
        (["twenty", "app", "les"], "20 apples", ["twenty", "apples"]),
        (["大", "家"], "", ["大", "家"]),
    ],
)
def test_pieces_are_joined_where_the_script_writes_spaces(
    pieces: list[str], text: str, words: list[str]
) -> None:
    assert spelled(pieces, text) == words


def test_marks_that_only_the_text_has_join_nothing() -> None:
    words = whole_words(timed("大", "家", "好", "你", "好"), "大家好。你好。")

    assert len(words) == 5
    assert join_words(words) == "大家好你好"


def test_words_that_the_text_does_not_have_leave_the_others_as_written() -> None:
    words = whole_words(timed("Oui", "vingt", "et", "un", "jours", "»", "!"), "Oui 21 jours » !")

    assert join_words(words) == "Oui vingt et un jours » !"


def test_no_word_is_longer_than_what_was_said_without_a_pause() -> None:
    pieces = [Word(1.0, 1.5, "hel"), Word(6.0, 6.5, "lo"), Word(9.0, 9.5, ".")]

    assert whole_words(pieces, "hello.") == [Word(1.0, 1.5, "hel"), Word(6.0, 6.5, "lo.", gap="")]


@given(st.sampled_from(TEXTS), st.data())
def test_any_split_of_a_text_without_spaces_gives_the_same_block(
    text: str, data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(1, len(text) - 1)))
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b].strip() for a, b in pairwise(edges)]

    words = whole_words(timed(*filter(None, pieces)), text)
    [block] = group_words(words, ["Ann"] * len(words))

    assert block.text == text


@given(st.text(alphabet="大家早上好おはようขอบคุณมาก", min_size=2, max_size=30), st.data())
def test_any_split_gives_the_same_block_though_no_text_is_known(
    text: str, data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(1, len(text) - 1)))
    edges = [0, *sorted(cuts), len(text)]
    words = timed(*(text[a:b] for a, b in pairwise(edges)))

    [block] = group_words(words, ["Ann"] * len(words))

    assert block.text == text


def test_a_text_is_split_at_spaces_and_around_signs_of_scripts_without_spaces() -> None:
    assert [word.group() for word in split_words("OK 早上 good.好")] == [
        "OK",
        "早",
        "上",
        "good.",
        "好",
    ]


def test_a_whole_word_has_the_least_confidence_of_its_pieces_but_not_of_marks() -> None:
    pieces = [
        Word(0.0, 0.1, "Hel", confidence=0.9),
        Word(0.1, 0.2, "lo", confidence=0.6),
        Word(0.2, 0.3, "!", confidence=0.1),
        Word(0.4, 0.5, "you"),
    ]

    assert [word.confidence for word in whole_words(pieces, "Hello! you")] == [0.6, None]
