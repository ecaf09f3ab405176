"""Display names without the badges that meeting clients put behind them."""

import re
from collections.abc import Sequence

_WORDS = r"guest|host|co-?host|you|me|external|unverified|presenting|presentation|unfamiliar"
_PRONOUN = r"(?:she|her|hers|he|him|his|they|them|theirs|ze|zir|hir|xe|xem|it|its|any|all)"
# At the end: badges, pronouns, or the name of one organisation.
_BRACKETS = re.compile(r"(?:\(([^()\[\]]*)\)|\[([^()\[\]]*)\])\s*")
_BADGE = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
_PRONOUNS = re.compile(rf"{_PRONOUN}(?:\s*[/,]\s*{_PRONOUN})*", re.IGNORECASE)
_BARE = frozenset(("external", "unverified", "guest", "unfamiliar"))
_PLACEHOLDER = re.compile(
    r"(?:unknown(?:[ _-]?(?:speaker|user|participant))?|(?:speaker|participant|user)[ _-]?[0-9]*"
    r"|guest[ _-]?[0-9]*)",
    re.IGNORECASE,
)


def without_badges(name: str, *, has_bare_badges: bool) -> str:
    """Return a display name without the badges at its end.

    What remains has a letter or a digit, else the name stays as it was. One organisation in
    brackets is taken off too. `has_bare_badges`: the platform writes badges without brackets too;
    they are taken off behind at least one other word.

    Examples
    --------
    >>> without_badges("Ana Ruiz (she/her) (Guest) [Acme]", has_bare_badges=False)
    'Ana Ruiz'
    >>> without_badges("Ana Ruiz External unfamiliar", has_bare_badges=True)
    'Ana Ruiz'

    """
    stripped, has_organisation = name, False
    while True:
        # Only the last bracket can be the one that ends the name.
        opened = max(stripped.rfind("("), stripped.rfind("["), 0)
        found = _BRACKETS.fullmatch(stripped, opened)
        if found is not None:
            content = (found[1] if found[1] is not None else found[2]).strip()
            is_badge = bool(_BADGE.fullmatch(content) or _PRONOUNS.fullmatch(content))
            if not is_badge and has_organisation:
                found = None
            has_organisation = has_organisation or not is_badge
        remaining = stripped[:opened].rstrip() if found else ""
        if found is None and has_bare_badges:
            remaining = _without_bare_badge(stripped)
        if not any(map(str.isalnum, remaining)):
            return stripped
        stripped = remaining


def _without_bare_badge(name: str) -> str:
    """Return a name without the badge that is its last word; nothing if it has no such badge."""
    *before, last = name.rsplit(maxsplit=1) or [""]
    return "".join(before) if last.casefold() in _BARE else ""


def is_placeholder(name: str) -> bool:
    """Return whether a name is that of a person whom the platform could not name.

    Examples
    --------
    >>> [is_placeholder(name) for name in ("Speaker 1", "Guest", "Ana Guest", "+49 30 1234")]
    [True, True, False, False]

    """
    return _PLACEHOLDER.fullmatch(name) is not None


def fullest(names: Sequence[str]) -> str:
    """Return the fullest of the spellings of one name, which are in the order of preference.

    The most words outside brackets; in the case of a tie the first one that is neither all
    capitals nor all lower case, then the first.
    """
    words = [len(re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", name).split()) for name in names]
    best = [name for name, count in zip(names, words, strict=True) if count == max(words)]
    return next((name for name in best if name not in (name.upper(), name.lower())), best[0])
