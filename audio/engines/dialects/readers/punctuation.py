"""The marks of a transcript, given to words that an engine lists without them.

OpenAI's whisper-1 writes `day` and `People` where its text has `day. People`: without the marks
the blocks of speakers would have none.
"""

from collections.abc import Sequence
from dataclasses import replace

from audio.merge.values import Word
from audio.merge.words.word_spacing import split_words

# How many words of the text may be missing between two that are listed.
_WINDOW = 4


def with_marks(words: Sequence[Word], text: str) -> list[Word]:
    """Return the words as the text writes them, where it differs by marks or case alone.

    Examples
    --------
    >>> words = [Word(0.0, 1.0, "good"), Word(1.0, 2.0, "day")]
    >>> [word.text for word in with_marks(words, "Good day.")]
    ['Good', 'day.']

    """
    written = [found.group() for found in split_words(text)]
    spelled = [_letters(token) for token in written]
    marked: list[Word] = []
    at = 0
    for word in words:
        sought = _letters(word.text)
        near = spelled[at : at + _WINDOW]
        if not sought or sought not in near:
            marked.append(word)
            continue
        at += near.index(sought) + 1
        token = written[at - 1]
        marked.append(word if word.text == token else replace(word, text=token))
    return marked


def _letters(token: str) -> str:
    return "".join(filter(str.isalnum, token)).casefold()
