"""Where spaces go when the tokens of a recogniser become a text."""

import re
from collections.abc import Iterable

_CLOSING = ",;:!?)]}。，、！？；：）」』】"  # noqa: RUF001
# Before a word these open it (in some languages even » and ”); alone they close what came before.
_EITHER = ".…'’\"”»"  # noqa: RUF001
_MARKS = re.escape(_CLOSING + _EITHER)
_CLITIC = r"(?:['’](?:s|t|re|ve|ll|d|m)|n['’]t)"  # noqa: RUF001
_TIGHT = re.compile(rf"[{re.escape(_CLOSING)}].*|[{_MARKS}]+|{_CLITIC}+[{_MARKS}]*", re.I | re.S)
_MAYBE_TIGHT = frozenset(_CLOSING + _EITHER + "nN")


def join_tokens(tokens: Iterable[str]) -> str:
    """Tell what the tokens read as in one line.

    Tokens are stripped, empty ones dropped, the others joined by one space. No space stands before
    a token that begins with a closing mark (``, ; : ! ?`` or a closing bracket), is nothing but
    punctuation, or is a clitic (``'s 't 're 've 'll 'd 'm n't``). A quote, apostrophe or dot
    before a word opens it and keeps its space.

    Parameters
    ----------
    tokens
        Text as a recogniser gives it, in the order of speech.

    Returns
    -------
    str
        The text; empty for no tokens.

    Examples
    --------
    >>> join_tokens(["use", ".NET", ",", "it", "'s", " fine", "."])
    "use .NET, it's fine."

    """
    stripped = [token for token in map(str.strip, tokens) if token]
    return "".join(
        [
            token if token[0] in _MAYBE_TIGHT and _TIGHT.fullmatch(token) else " " + token
            for token in stripped
        ]
    ).lstrip()
