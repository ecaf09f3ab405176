"""Google Meet's transcript entries, named by the participants of the conference record.

Source
------
https://developers.google.com/meet/api/reference/rest/v2/conferenceRecords.transcripts.entries
"""

from collections.abc import Mapping
from typing import Any

from audio.timelines.clock_times import require_iso
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import has_list, items_under, object_of, text_of
from audio.timelines.open_ends import end_utterances
from audio.timelines.tallies import Outcome, tally

FORMAT = "meet_entries"
SHAPE = '{"transcriptEntries": [{"participant", "startTime", "endTime"}], "participants": […]}'
NOBODY = (
    "Meet's entries name no participant: send the answers of conferenceRecords.participants.list "
    "too, as one JSON list of all answers."
)
_USERS = ("signedinUser", "anonymousUser", "phoneUser")


def looks_like(document: Document) -> bool:
    """Return whether an answer has transcript entries."""
    return has_list(document.value, "transcriptEntries")


def read(document: Document) -> Export:
    """Return an entry for each transcript entry whose participant is listed."""
    names = {
        text_of(item, "name"): _user(item)
        for _, item in items_under(document.value, "participants")
    }
    outcomes: list[Outcome] = []
    open_ended: list[Entry] = []
    for place, item in items_under(document.value, "transcriptEntries"):
        outcome = _outcome(place, item, names)
        if isinstance(outcome, Entry):
            open_ended.append(outcome)
        else:
            outcomes.append(outcome)
    outcomes.extend(end_utterances(open_ended))
    return tally(FORMAT, outcomes, zero=0.0, is_captions=True, nobody=NOBODY)


def _user(participant: dict[str, Any]) -> tuple[str, str]:
    """Return the name and the account of a participant."""
    users = [object_of(participant, key) for key in _USERS]
    name = next((text_of(user, "displayName") for user in users if user), "")
    return name, text_of(users[0], "user")


def _outcome(place: str, item: dict[str, Any], names: Mapping[str, tuple[str, str]]) -> Outcome:
    resource = text_of(item, "participant")
    name, account = names.get(resource, ("", ""))
    if not name:
        return "no_name"
    end = item.get("endTime")
    return Entry(
        require_iso(item.get("startTime"), f"{place}.startTime"),
        None if end is None else require_iso(end, f"{place}.endTime"),
        name,
        stable_id=account,
        session_id=resource,
        text=text_of(item, "text"),
    )
