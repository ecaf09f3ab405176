"""Lists of objects in the JSON of an API: its pages and answers, sent together in any order."""

from collections.abc import Callable, Iterator
from typing import Any

Item = dict[str, Any]
Placed = tuple[str, Item]

# The keys under which the pages of an API have their items.
PAGES = ("results", "data", "items", "events")


def answers_in(value: object) -> Iterator[Placed]:
    """Yield the API's answers: the value itself, or the objects of a list; each with its place."""
    if isinstance(value, dict):
        yield "", value
    elif isinstance(value, list):
        yield from ((f"[{at}]", item) for at, item in enumerate(value) if isinstance(item, dict))


def items_under(value: object, key: str) -> Iterator[Placed]:
    """Yield the objects of the lists that the API's answers have under a key."""
    for place, answer in answers_in(value):
        listed = answer.get(key)
        if isinstance(listed, list):
            for at, item in enumerate(listed):
                if isinstance(item, dict):
                    yield f"{place}.{key}[{at}]", item


def has_list(value: object, key: str) -> bool:
    """Return whether one of the API's answers has a list under the key."""
    return any(isinstance(answer.get(key), list) for _, answer in answers_in(value))


def items_in(value: object, is_item: Callable[[Item], bool], place: str = "") -> Iterator[Placed]:
    """Yield the objects of this kind in a list, in its pages and in their pages."""
    if isinstance(value, list):
        for at, inner in enumerate(value):
            if isinstance(inner, dict) and is_item(inner):
                yield f"{place}[{at}]", inner
            elif isinstance(inner, list | dict):
                yield from items_in(inner, is_item, f"{place}[{at}]")
    elif isinstance(value, dict):
        for key in PAGES:
            if isinstance(listed := value.get(key), list):
                yield from items_in(listed, is_item, f"{place}.{key}")


def has_item(value: object, is_item: Callable[[Item], bool]) -> bool:
    """Return whether there is an object of this kind."""
    return next(items_in(value, is_item), None) is not None


def text_of(item: Item, *keys: str) -> str:
    """Return the first of these values that is a text, or a number as text; else nothing."""
    for key in keys:
        value = item.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def object_of(item: Item, key: str) -> Item:
    """Return the object under a key; an empty one for anything else."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}
