"""Jigasi's transcript of a Jitsi conference: the moment at which each utterance began."""

from audio.timelines.clock_times import require_number
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import (
    Item,
    answers_in,
    items_under,
    object_of,
    text_of,
)
from audio.timelines.open_ends import end_utterances
from audio.timelines.tallies import Outcome, tally

FORMAT = "jigasi"
SHAPE = '{"room_name", "events": [{"event": "SPEECH", "timestamp", "participant", …}]}'


def looks_like(document: Document) -> bool:
    """Return whether an object has events and a room's name or its first participants."""
    return any(
        isinstance(answer.get("events"), list)
        and ("room_name" in answer or "initial_participants" in answer)
        for _, answer in answers_in(document.value)
    )


def read(document: Document) -> Export:
    """Return an entry for each utterance that is not interim; it ends at the next one's start."""
    outcomes: list[Outcome] = []
    spoken: dict[tuple[float, str, str], Entry] = {}
    for place, item in items_under(document.value, "events"):
        if item.get("event") != "SPEECH":
            continue
        if item.get("is_interim") is True:
            outcomes.append("interim")
            continue
        entry = _entry(place, item)
        key = (entry.start, entry.session_id or entry.name, entry.text)
        if not entry.name or key in spoken:
            outcomes.append("duplicate" if entry.name else "no_name")
            continue
        spoken[key] = entry
    outcomes.extend(end_utterances(list(spoken.values())))
    return tally(
        FORMAT,
        outcomes,
        zero=0.0,
        is_captions=True,
        nobody="no participant has a name.",
    )


def _entry(place: str, item: Item) -> Entry:
    time = require_number(item.get("timestamp"), f"{place}.timestamp", unit="milliseconds")
    participant = object_of(item, "participant")
    transcript = item.get("transcript")
    first = transcript[0] if isinstance(transcript, list) and transcript else {}
    return Entry(
        time / 1000,
        None,
        text_of(participant, "name"),
        stable_id=text_of(participant, "email"),
        session_id=text_of(participant, "id"),
        text=text_of(first, "text") if isinstance(first, dict) else "",
    )
