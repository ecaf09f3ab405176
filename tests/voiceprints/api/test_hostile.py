"""Hostile requests get an error that names the field, and never an internal error."""

import json

import pytest

from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import CONSENT, UNKNOWN_ID, add_person, call, code_of, param_of
from tests.voiceprints.people import axis
from voiceprints.models import Person

JSON = {"Content-Type": "application/json"}


def post_raw(gateway: Gateway, body: bytes | str) -> tuple[int, str | None]:
    """Post a raw body, and return the status and the field of the error."""
    answer = call(gateway, "POST", "people", content=body, headers=JSON)
    return answer.status_code, answer.json().get("error", {}).get("param")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "\u0000\u0007\n"}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"name": "a" * 10_000}, "name"),
        ({"name": None}, "name"),
        ({"name": ["Ana"]}, "name"),
        ({"name": {"$ne": 1}}, "name"),
        ({"name": "Ana", "aliases": "A."}, "aliases"),
        ({"name": "Ana", "aliases": [""]}, "aliases"),
        ({"name": "Ana", "aliases": ["a"] * 51}, "aliases"),
        ({"name": "Ana", "notes": "x" * 10_001}, "notes"),
        ({"name": "Ana", "notes": "a\u0000b"}, "notes"),
        ({"name": "Ana", "consent": True}, "consent"),
        ({"name": "Ana", "consent": {}}, "consent"),
        ({"name": "Ana", "consent": {"how": ""}}, "consent"),
        ({"name": "Ana", "consent": {"how": "x", "until": "2020-01-01T00:00:00Z"}}, "consent"),
        ({"name": "Ana", "consent": {"how": "x", "given_at": "soon"}}, "consent"),
        ({"name": "Ana", "consent": {"how": "x", "given_at": "2026-13-01T00:00:00Z"}}, "consent"),
        ({"name": "Ana", "consent": {**CONSENT, "untill": None}}, "consent"),
        ({"name": "Ana", "id": "1"}, "id"),
        ({"name": "Ana", "version": 7}, "version"),
        ({"name": "Ana", "x" * 500: 1}, "x" * 80),
        ([], None),
        ("Ana", None),
        (None, "name"),
        (5, None),
    ],
)
def test_an_invalid_person_is_refused(
    library_gateway: Gateway, body: object, param: str | None
) -> None:
    assert param_of(call(library_gateway, "POST", "people", json=body)) == (400, param)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"name": "Ana"',
        '{"name": NaN}',
        b'{"name": "\xff"}',
        "[" * 50_000,
        '{"name": ' * 50_000,
    ],
)
def test_invalid_json_is_refused(library_gateway: Gateway, body: bytes | str) -> None:
    assert post_raw(library_gateway, body)[0] == 400


@pytest.mark.parametrize("field", ["notes", "aliases"])
def test_a_lone_surrogate_is_refused_or_removed(library_gateway: Gateway, field: str) -> None:
    value = {"notes": "a\ud800b", "aliases": ["a\ud800b"]}[field]

    answer = call(
        library_gateway,
        "POST",
        "people",
        content=json.dumps({"name": "Ana", field: value}),
        headers=JSON,
    )

    assert answer.status_code == (400 if field == "notes" else 201)


def test_control_characters_in_a_name_become_spaces(library_gateway: Gateway) -> None:
    add_person(library_gateway, "Ana\u0000\u2028Ruiz\r\n")

    assert Person.objects.get().name == "Ana Ruiz"


def test_the_last_of_two_equal_keys_counts(library_gateway: Gateway) -> None:
    post_raw(library_gateway, '{"name": "Ana", "name": "Ben"}')

    assert Person.objects.get().name == "Ben"


def test_a_name_is_not_run_as_sql(library_gateway: Gateway) -> None:
    name = "Robert'); DROP TABLE voiceprints_person;--"

    add_person(library_gateway, name)

    assert Person.objects.get().name == name


@pytest.mark.parametrize(
    ("path", "param"),
    [
        ("people?limit=0", "limit"),
        ("people?limit=201", "limit"),
        ("people?limit=-1", "limit"),
        ("people?limit=99999999999999999999", "limit"),
        ("people?limit=ten", "limit"),
        ("people?page=2", "page"),
        ("people?q=a%00b", "q"),
        ("people?q=" + "x" * 201, "q"),
        ("people?consenting=perhaps", "consenting"),
        ("people?include=vector", "include"),
        ("transcripts?since=yesterday", "since"),
        ("transcripts?until=2026-02-30", "until"),
        ("transcripts?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("transcripts?person=Ana", "person"),
        ("transcripts?speaker=Ana", "speaker"),
        ("transcripts?q=a%00b", "q"),
        ("transcripts?q=" + "x" * 501, "q"),
        ("transcripts?recording=a%00b", "recording"),
        ("spaces?limit=x", "limit"),
    ],
)
def test_an_invalid_parameter_is_refused(quiet_gateway: Gateway, path: str, param: str) -> None:
    assert param_of(call(quiet_gateway, "GET", path)) == (400, param)


@pytest.mark.parametrize(
    "path",
    [
        "people?q=%25",
        "people?q=%27%20OR%201=1",
        "people?q=%ff",
        "transcripts?q=%27%20OR%201=1--",
        "transcripts?q=%26%20%7C%20!%20(",
        "transcripts?q=%3A*%20%3C-%3E",
        "transcripts?since=9999-12-31T23:59:59Z",
    ],
)
def test_a_search_is_not_run_as_sql(library_gateway: Gateway, path: str) -> None:
    assert call(library_gateway, "GET", path).json()["data"] == []


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("include=all", "include"),
        ("format=pdf", "format"),
        ("vector=true", "vector"),
        ("format=txt&include=vector", "include"),
    ],
)
def test_an_unknown_transcript_option_is_refused(
    quiet_gateway: Gateway, query: str, param: str
) -> None:
    answer = call(quiet_gateway, "GET", f"transcripts/{UNKNOWN_ID}?{query}")

    assert param_of(answer) == (400, param)


def test_a_file_field_without_a_file_is_refused(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", data={"file": "x"})

    assert param_of(answer) == (400, "file")


def test_too_many_recordings_are_refused(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")
    files = [("file", TONE)] * 21

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", files=files)

    assert param_of(answer) == (400, "file")


@pytest.mark.parametrize("replacement", ["%20", "%00", "x" * 201])
def test_an_invalid_replacement_is_refused(library_gateway: Gateway, replacement: str) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "DELETE", f"people/{ana}?as={replacement}")

    assert param_of(answer) == (400, "as")
    assert Person.objects.exists()


def test_a_body_of_another_media_type_is_refused(library_gateway: Gateway) -> None:
    answer = call(
        library_gateway, "POST", "people", content=b"<a/>", headers={"Content-Type": "text/xml"}
    )

    assert code_of(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize("space", ["@x", " @x", "@", " "])
def test_a_space_without_a_model_is_refused(library_gateway: Gateway, space: str) -> None:
    ana = add_person(library_gateway, "Ana")
    body = {"fingerprint": axis(0).tolist(), "space": space}

    answer = call(library_gateway, "POST", f"people/{ana}/voiceprints", json=body)

    assert param_of(answer) == (400, "space")
