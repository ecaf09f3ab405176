"""Line breaks that a script allows, and the width of text on a screen."""

from unicodedata import category, east_asian_width

from icu4py.breakers import CharacterBreaker, LineBreaker

# The rules are the same in all languages but for a few styles of Chinese, Japanese and Korean.
_NO_LANGUAGE = "und"
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})


def display_columns(text: str) -> int:
    """Return the width of a text in columns: two for each wide sign, none for combining ones.

    Source: Unicode Standard Annex 11 (East Asian width).
    """
    if text.isascii():
        return len(text)
    return sum(
        2 if east_asian_width(sign) in "WF" else 1
        for sign in text
        if category(sign) not in _WITHOUT_WIDTH
    )


def line_units(text: str, most_columns: int) -> list[str]:
    """Split a text where its lines may break; together the units are the text.

    Units end with their white space. One wider than `most_columns` is split between the signs that
    a reader sees.

    Source: Unicode Standard Annex 14, with ICU's dictionaries for Thai, Lao, Khmer and Burmese.
    """
    units: list[str] = []
    for unit in LineBreaker(text, _NO_LANGUAGE):
        if display_columns(unit.rstrip()) <= most_columns:
            units.append(unit)
        else:
            units.extend(_short_runs(unit, most_columns))
    return units


def line_breaks(text: str) -> set[int]:
    """Return the offsets at which a line may break."""
    breaks, at = set(), 0
    for unit in LineBreaker(text, _NO_LANGUAGE):
        at += len(unit)
        breaks.add(at)
    return breaks


def _short_runs(text: str, most_columns: int) -> list[str]:
    runs, width = [""], 0
    for sign in CharacterBreaker(text, _NO_LANGUAGE):
        columns = display_columns(sign)
        if width + columns > most_columns and runs[-1]:
            runs.append("")
            width = 0
        runs[-1] += sign
        width += columns
    return runs
