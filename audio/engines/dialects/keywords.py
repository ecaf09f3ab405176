"""The words that a client expects, among the options that a dialect gets: one term a line."""

from collections.abc import Iterable, Mapping

_OPTION = "keywords"


def with_keywords(options: Mapping[str, str], keywords: Iterable[str]) -> dict[str, str]:
    """Return the options with the words that are expected, if there are any."""
    terms = filter(None, (" ".join(term.split()) for term in keywords))
    joined = "\n".join(dict.fromkeys(terms))
    return {**options, _OPTION: joined} if joined else dict(options)


def keywords_in(options: Mapping[str, str]) -> list[str]:
    """Return the words that are expected."""
    return options.get(_OPTION, "").splitlines()


def without_keywords(options: Mapping[str, str]) -> dict[str, str]:
    """Return the other options."""
    return {name: value for name, value in options.items() if name != _OPTION}
