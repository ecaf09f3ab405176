"""Snippets of transcripts: the text around the words that were searched in their list."""

from collections.abc import Sequence
from uuid import UUID

from voiceprints.models import Block
from voiceprints.models.search_lexemes import LexemeQuery

SNIPPET = 160


def find_snippets(transcripts: Sequence[UUID], words: str) -> dict[UUID, str]:
    """Return the beginning of the first block with the words, for each transcript that has one."""
    if not words.strip():
        return {}
    found = Block.objects.filter(transcript__in=transcripts, search=LexemeQuery(words.strip()))
    first = found.order_by("transcript", "position").distinct("transcript")
    rows = first.values_list("transcript", "text")
    return {transcript: shorten(text, words) for transcript, text in rows}


def shorten(text: str, words: str) -> str:
    """Return at most SNIPPET characters of a text, around the first of the words in it."""
    places = [text.casefold().find(word.casefold().strip('"')) for word in words.split()]
    at = min((place for place in places if place >= 0), default=0)
    start = max(0, at - SNIPPET // 3)
    end = start + SNIPPET
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
