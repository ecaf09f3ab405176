"""Names inside a kept result, given others.

Only what is a name is given another: what was said stays as it was said, and a label, a mode or a
key stays itself, also where somebody is called the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

from audio.merge.name_spelling import name_key

Json = dict[str, Any]
Called = Callable[[str], str]


def replace_names(result: Json, called: Called) -> Json:
    """The same result under other names: of speakers, of who else was considered, of blocks."""
    said = [_with(segment, "speaker", called) for segment in result.get("segments", [])]
    speakers = [_renamed_speaker(speaker, called) for speaker in result.get("speakers", [])]
    detected = [called(name) for name in result.get("speakers_detected", [])]
    given = {"speakers": speakers, "segments": said, "speakers_detected": detected}
    return {key: given.get(key, item) for key, item in result.items()}


def name_replacer(names: Mapping[str, str]) -> Called:
    """Another name for each of these, in whatever case it stands."""
    by_key = {name_key(name): new for name, new in names.items()}
    return lambda text: by_key.get(name_key(text), text)


def without_nul(text: str) -> str:
    """Text without NUL, which Postgres refuses."""
    return text.replace("\x00", "")


def json_without_nul(json: Any) -> Any:
    """The same JSON without NUL, keys included."""
    if isinstance(json, str):
        return without_nul(json)
    if isinstance(json, list | tuple):
        return [json_without_nul(item) for item in json]
    if isinstance(json, Mapping):
        return {without_nul(str(key)): json_without_nul(item) for key, item in json.items()}
    return json


def _renamed_speaker(speaker: Json, called: Called) -> Json:
    named = _with(speaker, "name", called)
    evidence = speaker.get("evidence")
    if not evidence:
        return named
    considered = {
        rank: _with(evidence[rank], "name", called)
        for rank in ("winner", "runner_up")
        if rank in evidence
    }
    return {**named, "evidence": {**evidence, **considered}}


def _with(item: Json, key: str, called: Called) -> Json:
    return {**item, key: called(item[key])} if key in item else item
