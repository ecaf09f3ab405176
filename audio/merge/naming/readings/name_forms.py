"""The written forms of a display name, and how they are compared.

A form is one spelling as a timeline has it. Two forms may be readings of one person's name: other
case or punctuation, a bracket more, the end cut off, a sign misread.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from unicodedata import category, normalize

# Signs that are part of a name, though they are punctuation or symbols.
_KEPT_SIGNS = frozenset("+#&@")
_APOSTROPHES = frozenset("'`\u2019\u2018\u02bc\u00b4")
_BRACKETED = re.compile(r"[(\[{【]([^()\[\]{}【】]*)[)\]}】]")
_BAR_IN_WORD = re.compile(r"(?<=[^\W\d])\|(?=[^\W\d])")
_CUT = re.compile(r"(?<!\.)\.{2,}+\s*+$")
_PRONOUNS = re.compile(r"\w{1,6}(?:\s*/\s*\w{1,6}){1,3}")
BADGES = frozenset(
    (
        *("guest", "host", "co-host", "cohost", "you", "me"),
        *("external", "unverified", "presenting", "presentation"),
    )
)
# Signs that a screen reader takes for one another, after case is folded; "rn" is read as "m".
_LOOK_ALIKE = str.maketrans("i1|058", "lllosb")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
LIKENESS = 0.84
LIKENESS_LETTERS = 6
# A display name longer than this is compared for equality alone: likeness takes quadratic time.
LONGEST_LIKE = 200


@dataclass(frozen=True, slots=True)
class NameForm:
    """One written form.

    ``key`` is equal for forms that differ in case, spaces, punctuation and brackets only.
    ``organisation`` is what the brackets say, without badges. ``is_cut`` is whether an ellipsis
    ends it.
    """

    text: str
    key: str
    organisation: str = ""
    is_cut: bool = False
    has_brackets: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words outside brackets, in lower case."""
        return tuple(self.key.split())

    @property
    def has_one_case(self) -> bool:
        """Whether all letters are capitals, or none is, in a script that has case."""
        return self.text.isupper() or self.text.islower()


@lru_cache(maxsize=4096)
def read_form(text: str) -> NameForm:
    """Read one written form of a name.

    Parameters
    ----------
    text
        As written. A form without a letter or digit is its own key.

    Returns
    -------
    NameForm
        A number in brackets is part of the key: it separates two people of one name.

    Examples
    --------
    >>> form = read_form("ANA  Ruiz (Acme)")
    >>> form.key, form.organisation, form.is_cut
    ('ana ruiz', 'acme', False)
    >>> read_form("Ana Ru…").is_cut
    True
    >>> read_form("Ana (2)").key
    'ana 2'

    """
    folded = _BAR_IN_WORD.sub("l", normalize("NFKC", text).casefold())
    inside = [part for part in _BRACKETED.findall(folded) if not _plain(part).isdigit()]
    outside = _plain(_BRACKETED.sub(_numbers_only, folded))
    key = outside or _plain(folded) or folded.strip()
    return NameForm(
        text,
        key,
        organisation=" ".join(_organisations(inside)) if outside else "",
        is_cut=bool(_CUT.search(folded)) and bool(outside),
        has_brackets=bool(inside) and bool(outside),
    )


def skeleton(key: str) -> str:
    """Return a key with signs that look alike made one, without the marks on Latin letters.

    Examples
    --------
    >>> skeleton("ana rulz") == skeleton("ana ruiz")
    True

    """
    bare = _LATIN_MARKS.sub("", normalize("NFKD", key))
    return bare.replace("rn", "m").translate(_LOOK_ALIKE).replace(" ", "")


def are_alike(one: NameForm, other: NameForm) -> bool:
    """Return whether one form may be a misreading of the other.

    That is: equal skeletons, or a ratio of equal signs (Ratcliff and Obershelp, as `difflib` has
    it) of at least 0.84, in forms of six letters and more. Source: the specification of naming;
    of two names of ten letters, one sign may differ, not two.

    Examples
    --------
    >>> are_alike(read_form("Emma Brook"), read_form("Emma Brock"))
    True
    >>> are_alike(read_form("Ana"), read_form("Ann"))
    False

    """
    shorter, longer = sorted((one.key, other.key), key=len)
    if len(longer) > LONGEST_LIKE:
        return False
    if skeleton(shorter) == skeleton(longer):
        return True
    if len(shorter) < LIKENESS_LETTERS or _numbers(shorter) != _numbers(longer):
        return False
    matcher = SequenceMatcher(None, shorter, longer, autojunk=False)
    return (
        matcher.real_quick_ratio() >= LIKENESS
        and matcher.quick_ratio() >= LIKENESS
        and matcher.ratio() >= LIKENESS
    )


def _plain(folded: str) -> str:
    """Return the text without punctuation and symbols, with single spaces."""
    return " ".join("".join(map(_plain_sign, folded)).split())


def _plain_sign(sign: str) -> str:
    kind = category(sign)
    if sign in _APOSTROPHES or kind == "Cf":
        return ""
    return " " if kind[0] in "PSZC" and sign not in _KEPT_SIGNS else sign


def _numbers_only(bracketed: re.Match[str]) -> str:
    inside = _plain(bracketed[1])
    return f" {inside} " if inside.isdigit() else " "


def _organisations(inside: list[str]) -> Iterator[str]:
    for part in inside:
        if part.strip() not in BADGES and not _PRONOUNS.fullmatch(part.strip()):
            yield _plain(part)


def _numbers(key: str) -> list[str]:
    """Return the numbers that are words of their own: Room 4 is not Room 5."""
    return [word for word in key.split() if word.isdigit()]
