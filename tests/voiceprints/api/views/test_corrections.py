"""The endpoints that correct transcripts and take corrections back, over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import UNKNOWN_ID, call, code_of, param_of
from tests.voiceprints.corrections.meetings import store_meeting, texts
from tests.voiceprints.people import consenting
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.models import AuditEntry, Transcript


@pytest.fixture
def meeting(library_gateway: Gateway) -> Transcript:
    return store_meeting()


def test_a_page_of_blocks_has_words_speakers_and_the_version(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    answer = call(
        library_gateway, "GET", f"transcripts/{meeting.pk}/blocks?start=1&limit=2", who="reader"
    )

    page = answer.json()
    assert (page["version"], answer.headers["ETag"]) == (1, '"1"')
    assert (page["total"], page["start"], page["next"]) == (5, 1, 3)
    assert [one["label"] for one in page["speakers"]] == ["Speaker_0", "Speaker_1", "Speaker_2"]
    assert [one["n"] for one in page["data"]] == [1, 2]
    assert page["data"][0]["machine_text"] == page["data"][0]["text"]
    assert page["data"][1]["words"][0] == {
        "text": "今",
        "start_ms": 20_000,
        "end_ms": 21_000,
        "estimated": False,
        "confidence": 1.0,
    }


def test_a_correction_is_answered_with_its_block_and_the_next_version(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    answer = call(
        library_gateway,
        "PATCH",
        f"transcripts/{meeting.pk}/blocks/0",
        json={"text": "Good morning.", "speaker": "Speaker_1"},
        headers={"If-Match": '"1"'},
    )

    made = answer.json()
    assert (answer.status_code, answer.headers["ETag"], made["version"]) == (200, '"2"', 2)
    assert (made["kind"], made["number"], made["by"]) == ("block", 1, "archive")
    [block] = made["blocks"]
    assert (block["text"], block["speaker"]) == ("Good morning.", "Speaker_1")
    assert block["machine_text"] == "Good mourning to all of you."


def test_a_correction_of_an_old_version_is_refused_with_the_current_one(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    path = f"transcripts/{meeting.pk}/blocks/0"
    call(library_gateway, "PATCH", path, json={"text": "One."})

    answer = call(
        library_gateway, "PATCH", path, json={"text": "Two."}, headers={"If-Match": '"1"'}
    )

    assert code_of(answer) == (412, "precondition_failed")
    assert (answer.headers["ETag"], answer.json()["error"]["version"]) == ('"2"', 2)
    assert texts(meeting)[0] == "One."


def test_only_one_of_two_corrections_of_one_version_is_made(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    def correct(text: str) -> int:
        path, headers = f"transcripts/{meeting.pk}/blocks/0", {"If-Match": '"1"'}
        body = {"text": text}
        return call(library_gateway, "PATCH", path, json=body, headers=headers).status_code

    with ThreadPoolExecutor() as threads:
        statuses = threads.map(correct, "abcd")

    assert sorted(statuses) == [200, 412, 412, 412]


def test_split_join_and_undo_are_in_the_history(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    before, path = texts(meeting), f"transcripts/{meeting.pk}"
    split = call(library_gateway, "POST", f"{path}/blocks/0/split", json={"word": 2})
    joined = call(library_gateway, "POST", f"{path}/blocks/1/join")

    undone = [call(library_gateway, "POST", f"{path}/undo").json() for _ in range(2)]

    assert [len(one["blocks"]) for one in (split.json(), joined.json(), *undone)] == [2, 1, 2, 1]
    assert texts(meeting) == before
    history = call(library_gateway, "GET", f"{path}/history", who="reader").json()["data"]
    assert [(one["kind"], one["undone_by"]) for one in history] == [
        ("join", "archive"),
        ("split", "archive"),
    ]
    assert code_of(call(library_gateway, "POST", f"{path}/undo")) == (409, "nothing_to_undo")


def test_nothing_is_taken_back_after_a_person_was_forgotten_and_the_answer_says_why(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    path = f"transcripts/{meeting.pk}"
    person = consenting("Ana Ruiz")
    call(library_gateway, "PATCH", f"{path}/speakers/Speaker_0", json={"person": str(person.pk)})
    call(library_gateway, "PATCH", f"{path}/blocks/0", json={"text": "Good morning."})
    erase_person(person.pk, actor="desk")

    answer = call(library_gateway, "POST", f"{path}/undo")

    assert code_of(answer) == (409, "history_erased")
    assert "was erased after the correction" in answer.json()["error"]["message"]


def test_speakers_are_merged_and_split(library_gateway: Gateway, meeting: Transcript) -> None:
    path = f"transcripts/{meeting.pk}/speakers"
    merged = call(
        library_gateway, "POST", f"{path}/Speaker_2/merge", json={"into": "Speaker_0"}
    ).json()

    split = call(library_gateway, "POST", f"{path}/Speaker_0/split", json={"blocks": [2, 3]})

    assert (merged["kind"], merged["into"], merged["blocks"]) == (
        "merge_speakers",
        "Speaker_0",
        [],
    )
    assert (split.json()["kind"], split.json()["into"]) == ("split_speaker", "Speaker_3")
    page = call(library_gateway, "GET", f"transcripts/{meeting.pk}/blocks").json()
    assert [one["name"] for one in page["data"]] == [
        *("Ana", "Unknown_0", "Unknown_1", "Unknown_1", "Unknown_0"),
    ]


def test_naming_a_speaker_is_in_the_history(library_gateway: Gateway, meeting: Transcript) -> None:
    path = f"transcripts/{meeting.pk}"
    named = call(library_gateway, "PATCH", f"{path}/speakers/Speaker_1", json={"name": "Eva"})

    [entry] = call(library_gateway, "GET", f"{path}/history").json()["data"]

    assert (entry["kind"], entry["speaker"]) == ("name", "Speaker_1")
    assert (entry["person"], entry["undoable"]) == (named.json()["person"]["id"], True)


@pytest.mark.parametrize(
    ("method", "path", "body", "param"),
    [
        ("PATCH", "blocks/0", {"text": "x" * 1_000_000}, "text"),
        ("PATCH", "blocks/0", {}, "text"),
        ("PATCH", "blocks/0", {"text": None}, "text"),
        ("PATCH", "blocks/0", {"text": 3}, "text"),
        ("PATCH", "blocks/0", {"txt": "x"}, "txt"),
        ("PATCH", "blocks/0", {"speaker": ["Speaker_0"]}, "speaker"),
        ("POST", "blocks/0/split", {}, "word"),
        ("POST", "blocks/0/split", {"word": 6}, "word"),
        ("POST", "blocks/0/split", {"word": "x"}, "word"),
        ("POST", "blocks/4/join", {}, "n"),
        ("POST", "blocks/0/join", {"with": 3}, "with"),
        ("POST", "undo", {"number": 1}, "number"),
        ("POST", "speakers/Speaker_0/merge", {}, "into"),
        ("POST", "speakers/Speaker_0/merge", {"into": "Speaker_0"}, "into"),
        ("POST", "speakers/Speaker_0/split", {"blocks": []}, "blocks"),
        ("POST", "speakers/Speaker_0/split", {"blocks": ["x"]}, "blocks"),
        ("POST", "speakers/Speaker_0/split", {"blocks": [1]}, "blocks"),
        ("GET", "blocks?limit=501", None, "limit"),
        ("GET", "blocks?start=-1", None, "start"),
    ],
)
def test_an_invalid_request_names_its_field(
    library_gateway: Gateway,
    meeting: Transcript,
    method: str,
    path: str,
    body: dict[str, object] | None,
    param: str,
) -> None:
    answer = call(library_gateway, method, f"transcripts/{meeting.pk}/{path}", json=body)

    assert param_of(answer) == (400, param)
    assert Transcript.objects.get().version == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("PATCH", "blocks/5", {"text": "x"}, "block_not_found"),
        ("PATCH", "blocks/-1", {"text": "x"}, "block_not_found"),
        ("PATCH", "blocks/9999999999999", {"text": "x"}, "block_not_found"),
        ("PATCH", "blocks/0", {"speaker": "Speaker_9"}, "speaker_not_found"),
        ("POST", "blocks/x/split", {"word": 1}, "block_not_found"),
        ("POST", "speakers/Speaker_9/merge", {"into": "Speaker_0"}, "speaker_not_found"),
        ("POST", "speakers/Speaker_0/merge", {"into": "Speaker_9"}, "speaker_not_found"),
        ("POST", "speakers/Speaker_9/split", {"blocks": [0]}, "speaker_not_found"),
    ],
)
def test_what_the_transcript_does_not_have_is_not_found(
    library_gateway: Gateway,
    meeting: Transcript,
    method: str,
    path: str,
    body: dict[str, object],
    code: str,
) -> None:
    answer = call(library_gateway, method, f"transcripts/{meeting.pk}/{path}", json=body)

    assert code_of(answer) == (404, code)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "blocks", None),
        ("GET", "history", None),
        ("POST", "undo", {}),
        ("PATCH", "blocks/0", {"text": "x"}),
    ],
)
def test_a_missing_transcript_is_not_found(
    library_gateway: Gateway, method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = call(library_gateway, method, f"transcripts/{UNKNOWN_ID}/{path}", json=body)

    assert code_of(answer) == (404, "transcript_not_found")


def test_a_key_needs_the_scope_to_correct_and_gets_no_words_without_reading(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    path, body = f"transcripts/{meeting.pk}/blocks/0", {"text": "One."}

    refused = call(library_gateway, "PATCH", path, json=body, who="reader")
    made = call(library_gateway, "PATCH", path, json=body, who="writer")

    assert refused.status_code == 403
    assert (made.status_code, "blocks" in made.json()) == (200, False)


def test_reading_blocks_is_audited(library_gateway: Gateway, meeting: Transcript) -> None:
    call(library_gateway, "GET", f"transcripts/{meeting.pk}/blocks", who="reader")

    read = AuditEntry.objects.filter(action="transcript_read").get()
    assert (read.actor, read.transcript_id) == ("reader", UUID(str(meeting.pk)))


def test_a_block_that_is_so_already_is_answered_without_a_correction(
    library_gateway: Gateway, meeting: Transcript
) -> None:
    answer = call(
        library_gateway,
        "PATCH",
        f"transcripts/{meeting.pk}/blocks/0",
        json={"speaker": "Speaker_0"},
    )

    assert (answer.status_code, answer.json()["number"], answer.json()["at"]) == (200, None, None)
