"""The names inside a stored result, replaced on erasure, and the text that Postgres can store.

Only names are replaced. Text, labels, modes and keys stay, even if they are equal to a name.
"""

from collections.abc import Callable, Mapping
from typing import Any

from audio.merge.name_spelling import name_key

Json = dict[str, Any]
Replacer = Callable[[str], str]


def replace_names(result: Json, replacer: Replacer) -> Json:
    """Replace the names of speakers, of their evidence and of blocks in a result."""
    segments = [
        _replace_at(segment, "speaker", replacer) for segment in result.get("segments", [])
    ]
    speakers = [_replace_in_speaker(speaker, replacer) for speaker in result.get("speakers", [])]
    detected = [replacer(name) for name in result.get("speakers_detected", [])]
    replaced = {"speakers": speakers, "segments": segments, "speakers_detected": detected}
    return {key: replaced.get(key, item) for key, item in result.items()}


def name_replacer(names: Mapping[str, str]) -> Replacer:
    """Return a function that replaces these names, ignoring case."""
    by_key = {name_key(name): new for name, new in names.items()}
    return lambda text: by_key.get(name_key(text), text)


def without_nul(text: str) -> str:
    """Remove NUL characters, which Postgres refuses."""
    return text.replace("\x00", "")


def json_without_nul(json: Any) -> Any:
    """Remove NUL characters from all strings of a JSON value, including keys."""
    if isinstance(json, str):
        return without_nul(json)
    if isinstance(json, list | tuple):
        return [json_without_nul(item) for item in json]
    if isinstance(json, Mapping):
        return {without_nul(str(key)): json_without_nul(item) for key, item in json.items()}
    return json


def _replace_in_speaker(speaker: Json, replacer: Replacer) -> Json:
    named = _replace_in_readings(speaker, _replace_at(speaker, "name", replacer), replacer)
    evidence = speaker.get("evidence")
    if not evidence:
        return named
    considered = {
        rank: _replace_at(evidence[rank], "name", replacer)
        for rank in ("winner", "runner_up")
        if rank in evidence
    }
    return {**named, "evidence": {**evidence, **considered}}


def _replace_in_readings(before: Json, named: Json, replacer: Replacer) -> Json:
    """Leave out the readings of a replaced name: they are the same person's."""
    if "name_readings" not in named:
        return named
    if named.get("name") != before.get("name"):
        return {key: item for key, item in named.items() if key != "name_readings"}
    return {**named, "name_readings": [replacer(one) for one in named["name_readings"]]}


def _replace_at(item: Json, key: str, replacer: Replacer) -> Json:
    return {**item, key: replacer(item[key])} if key in item else item
