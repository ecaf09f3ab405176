"""The spelling of names: one readable form, and the key that equal names share.

Every name from a client or a file is made readable where it arrives, so that names that look the
same are equal. Two readable names are one name when their keys are equal; `common_spelling` gives
the names of one recording one spelling.
"""

from collections.abc import Callable, Iterable
from unicodedata import category, normalize

# Needed inside words of some scripts, and inside emoji; at the edge of a word they have no effect.
JOINERS = "\u200c\u200d"
# Invisible, though Unicode classes them as letters, marks or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_INVISIBLE = frozenset("\u034f\u17b4\u17b5")
_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_VISIBLE = "LNPS"


def readable(text: str) -> str:
    """Return the text on one line, composed (NFC), with single spaces and only visible signs."""
    visible = normalize("NFC", "".join(map(_visible, text)))
    words = " ".join(filter(None, (word.strip(JOINERS) for word in visible.split())))
    return words if any(category(sign)[0] in _VISIBLE for sign in words) else ""


def name_key(name: str) -> str:
    """Return the key of a name: its NFC form, in lower case sign by sign, as Postgres does it."""
    return "".join(sign.lower()[0] for sign in normalize("NFC", name))


def common_spelling(names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that spells a name as the first of these that is the same name.

    Names are the same that differ in case, white space, composition or invisible signs only.

    Examples
    --------
    >>> common_spelling(["Emma Brook", "Ana"])("EMMA  brook")
    'Emma Brook'

    """
    first: dict[str, str] = {}
    spelled = {name: first.setdefault(_same_name_key(name), name) for name in names}
    return lambda name: spelled.get(name) or first.get(_same_name_key(name), name)


def _same_name_key(name: str) -> str:
    return name_key(readable(name))


def _visible(sign: str) -> str:
    kind = category(sign)
    if kind in _BREAKS or sign in _BLANKS:
        return " "
    return "" if (kind == "Cf" and sign not in JOINERS) or sign in _INVISIBLE else sign
