"""The names in jobs: in the options of jobs that have not ended, and in results.

A job that has not ended goes on under the replacements. It notes them, and no voice is stored
under them when it ends.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from audio.formats.native_json import without_embeddings
from voiceprints.models import IdempotencyKey
from voiceprints.models.jobs import UNFINISHED, Job, JobRecording
from voiceprints.people.erasure_marks import ErasedNames
from voiceprints.storage.stored_files import delete_files
from voiceprints.transcripts.forgotten_names import forget_mentions
from voiceprints.transcripts.name_mentions import name_words, replace_mentions
from voiceprints.transcripts.result_names import name_replacer, replace_names

# Jobs read at a time, to limit memory: known voices are large.
CHUNK_SIZE = 50
Rename = Callable[[str], str]


def forget_in_job(job: Job, recordings: Iterable[JobRecording], erased: ErasedNames) -> bool:
    """Replace erased names in a job that has not ended; return whether anything changed.

    The rows are not saved. The digest of the work is replaced by a random one, because it would
    prove which name was there.
    """
    if not erased:
        return False
    options, replacements = _forget_in_options(job.options, erased)
    name, is_changed = forget_mentions(job.name, erased), False
    for recording in recordings:
        before, recording.name = recording.name, forget_mentions(recording.name, erased)
        in_file = _forget_in_timeline_file(recording, erased) if _is_timeline(recording) else set()
        replacements |= in_file
        is_changed = is_changed or recording.name != before or bool(in_file)
    if not is_changed and (options, name) == (job.options, job.name):
        return False
    job.options, job.name = options, name
    job.pseudonyms = sorted({*job.pseudonyms, *replacements})
    job.work = hashlib.sha256(uuid4().bytes).hexdigest()
    return True


def _is_timeline(recording: JobRecording) -> bool:
    return recording.field == "timeline"


def _forget_in_timeline_file(recording: JobRecording, erased: ErasedNames) -> set[str]:
    """Replace erased names in a timeline that was sent as a file; return their replacements.

    The new file has a name of its own; the old one is deleted after the commit.
    """
    with recording.file.open("rb") as file:
        before = file.read().decode("utf-8", errors="surrogateescape")
    after, replacements = _forget_in_options({"timeline": before}, erased)
    if after["timeline"] == before:
        return set()
    transaction.on_commit(partial(delete_files, [str(recording.file.name)]))
    content = after["timeline"].encode("utf-8", errors="surrogateescape")
    recording.file.save("timeline.timeline", ContentFile(content), save=False)
    return replacements


def forget_in_unfinished_jobs(erased: ErasedNames) -> None:
    """Replace erased names in all jobs that have not ended, also in those under way."""
    unfinished = Job.objects.filter(state__in=UNFINISHED).order_by("pk")
    for job in unfinished.select_for_update().iterator(chunk_size=CHUNK_SIZE):
        recordings = list(job.recordings.all())
        if forget_in_job(job, recordings, erased):
            job.save(update_fields=["options", "name", "pseudonyms", "work"])
            JobRecording.objects.bulk_update(recordings, ["name", "file"])
            _erase_stored_response(job)


def rename_in_results(names: Iterable[str], new_name: str) -> None:
    """Replace the names in job results, and remove the embeddings there.

    A result that is text is deleted whole, because names and speech look alike in it. Recording
    names are searched for the name as file names spell it.
    """
    named, replacements = Q(), dict.fromkeys(names, new_name)
    for name in replacements:
        named |= Q(result__icontains=_in_json(name)) | Q(name__icontains=name_words(name)[0])
    if not named:
        return
    for job in Job.objects.select_for_update().filter(named).order_by("pk"):
        if _is_named_in(job.result, replacements):
            plain = without_embeddings(job.result) if isinstance(job.result, dict) else None
            job.result = plain and replace_names(plain, name_replacer(replacements))
        _rename_job(job, replacements)
        job.save(update_fields=["result", "name", "options"])


def _rename_job(job: Job, replacements: Mapping[str, str]) -> None:
    before = job.name
    for name, new_name in replacements.items():
        job.name = replace_mentions(job.name, name, new_name)
    if job.name == before:
        return
    # The path of its outputs has the name too.
    _erase_stored_response(job)
    if job.finished_at is not None:
        job.options.pop("name", None)


def _erase_stored_response(job: Job) -> None:
    """Erase the stored response to the submission, which has the name of the recording."""
    IdempotencyKey.objects.filter(body__icontains=str(job.pk)).update(body=None)


def _forget_in_options(
    options: Mapping[str, Any], erased: ErasedNames
) -> tuple[dict[str, Any], set[str]]:
    """Return the options without erased names, and the names that replace them."""
    replacements: set[str] = set()

    def forget_in_lines(text: str) -> str:
        changed = forget_mentions(text, erased)
        if changed != text:
            replacements.update(erased.replacements.values())
        return changed

    def rename(name: str) -> str:
        new_name = erased.replacement(name)
        if new_name is None:
            return name
        replacements.add(new_name)
        return new_name

    changes: Mapping[str, Callable[[Any], Any]] = {
        "timeline": lambda text: _in_text(
            text, partial(_forget_in_strings, rename=rename), forget_in_lines
        ),
        "self_name": rename,
        "keywords": lambda text: _in_text(
            text, partial(_forget_in_strings, rename=forget_in_lines), forget_in_lines
        ),
        "known_voiceprints": lambda text: _in_text(
            text, partial(_forget_voices, erased=erased), forget_in_lines
        ),
        "archive": lambda text: _in_text(
            text, partial(_forget_in_archive, erased=erased, rename=rename), forget_in_lines
        ),
        "name": lambda path: forget_mentions(path, erased),
    }
    forgotten = {
        key: changes[key](value) if key in changes else value for key, value in options.items()
    }
    return forgotten, replacements


def _in_text(text: Any, change: Callable[[Any], Any], change_lines: Rename) -> Any:
    """Change the value of JSON text; text that is not JSON is searched for mentions instead."""
    if not isinstance(text, str):
        return change(text)
    try:
        value = json.loads(text)
    except ValueError:
        return change_lines(text)
    changed = change(value)
    return text if changed == value else json.dumps(changed, ensure_ascii=False)


def _forget_in_strings(value: Any, rename: Rename) -> Any:
    """Rename every string of a JSON value, because timelines have names under many keys."""
    if isinstance(value, str):
        return rename(value)
    if isinstance(value, list):
        return [_forget_in_strings(item, rename) for item in value]
    if isinstance(value, dict):
        return {rename(key): _forget_in_strings(item, rename) for key, item in value.items()}
    return value


def _forget_voices(voices: Mapping[str, Any], erased: ErasedNames) -> Mapping[str, Any]:
    return {name: voice for name, voice in voices.items() if erased.replacement(name) is None}


def _forget_in_archive(
    chosen: Mapping[str, Any], erased: ErasedNames, rename: Rename
) -> dict[str, Any]:
    forgotten = {**chosen, "self_name": rename(chosen["self_name"])}
    if voices := chosen["known_voices"]:
        kept = [one for one in voices["prints"] if erased.replacement(one[0]) is None]
        forgotten["known_voices"] = {**voices, "prints": kept}
    return forgotten


def _is_named_in(result: object, names: Iterable[str]) -> bool:
    text = json.dumps(result, ensure_ascii=False).casefold()
    return any(_in_json(name).casefold() in text for name in names)


def _in_json(name: str) -> str:
    """Return a name as it is written inside a JSON string."""
    return json.dumps(name, ensure_ascii=False)[1:-1]
