"""What is found in the text of a block."""

import pytest

from tests.voiceprints.people import speaker, transcript
from voiceprints.models import Block
from voiceprints.models.search_lexemes import MOST_BYTES, lexeme_query, lexeme_vector

CAFE = "We met at the café near Zürich, in Łódź."


def store(text: str) -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    Block.objects.create(
        transcript=meeting, speaker=ana, position=0, start_ms=0, end_ms=9, text=text
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("大家早上好我是王伟", "王伟"),
        ("大家早上好我是王伟", "早上好"),
        ("大家早上好我是王伟", "伟"),
        ("大家早上好我是王伟", "王"),
        ("大家早上好，我是王伟。", "早上好我是"),  # noqa: RUF001
        ("おはようございますはいどうも", "おはよう"),
        ("今日はニュースを見た", "ニュース"),
        ("今日はニュースを見た", "ﾆｭｰｽ"),
        ("สวัสดีครับผมชื่อสมชาย", "สมชาย"),
        ("សួស្តីអ្នកសុខសប្បាយទេ", "សុខសប្បាយ"),
        ("서울에서 만나요", "서울"),
        ("我用iPhone看2024年的计划", "iphone"),
        ("我用iPhone看2024年的计划", "用iPhone看"),
        ("我用iPhone看2024年的计划", "2024年"),
        (CAFE, "cafe"),
        (CAFE, "CAFÉ"),
        (CAFE, "cafe\u0301"),
        (CAFE, "zurich"),
        (CAFE, "lodz"),
        ("We met at the cafe.", "café"),
        ("ΑΘΉΝΑ και Ёлка", "αθηνα елка"),
        ("نَمُوذَج", "نموذج"),
        ("I don't think so.", "don’t"),  # noqa: RUF001
        ("a well-known fact", '"well known fact"'),
        ("नमस्ते दोस्तों", "नमस्ते"),
    ],
)
def test_a_block_is_found_by(text: str, words: str) -> None:
    store(text)

    assert Block.objects.with_words(words).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("大家早上好我是王伟", "咖啡"),
        ("大家早上好我是王伟", "王家"),
        ("大家早上好我是王伟", "早好"),
        ("大家早上好我是王伟", "早上好 咖啡"),
        ("大家早上好我是王伟", "早上好 -王伟"),
        ("がくせい", "かくせい"),
        ("สวัสดีครับผมชื่อสมชาย", "สมหญิง"),
        ("नमस्ते दोस्तों", "नमस्ता"),
        (CAFE, "caf"),
        (CAFE, '"zürich near"'),
        ("我用iPhone看", "用看"),
        ("hello", "'"),
        ("hello", ""),
        ("hello", "-"),
        ("hello", "or"),
    ],
)
def test_a_block_is_not_found_by(text: str, words: str) -> None:
    store(text)

    assert Block.objects.with_words(words).count() == 0


@pytest.mark.django_db
def test_a_saved_block_has_the_lexemes_of_its_new_text() -> None:
    store("hello")
    [block] = Block.objects.all()

    block.text = "goodbye"
    block.save()

    assert Block.objects.with_words("goodbye").exists()
    assert not Block.objects.with_words("hello").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        " ".join(f"word{at}" for at in range(100_000)),
        "".join(chr(0x4E00 + at * 7919 % 20_000) for at in range(200_000)),
        "good " * 100_000,
    ],
    ids=["one word", "many words", "many signs", "one word many times"],
)
def test_a_text_of_any_length_is_stored(text: str) -> None:
    store(text)

    assert len(lexeme_vector(text).encode()) < 3 * MOST_BYTES
    assert Block.objects.with_words(text[:500]).count() == 1


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("so good", "('so') & ('good')"),
        ('"so good"', "('so' <1> 'good')"),
        ("so or -good", "('so') | !('good')"),
        ("用iPhone", "('用':* <1> 'iphone')"),
        ("我用iPhone", "('我用' <2> 'iphone')"),
        ("' | ! & <-> :*", ""),
    ],
)
def test_a_web_search_becomes_a_query(words: str, query: str) -> None:
    assert lexeme_query(words) == query
