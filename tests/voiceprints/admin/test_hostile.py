"""Hostile input: null characters, control characters, and values over the limits."""

import pytest
from django.test import Client

from tests.voiceprints.admin.conftest import PEOPLE, TRANSCRIPTS
from tests.voiceprints.admin.person.test_people import FORM
from tests.voiceprints.people import consenting, transcript
from voiceprints.models import Person

GIVEN = {"consent_given_at_0": "2026-05-03", "consent_given_at_1": "12:00"}


@pytest.mark.parametrize(
    "path",
    [
        f"{TRANSCRIPTS}?speaker=%00",
        f"{TRANSCRIPTS}?q=%00",
        f"{PEOPLE}?q=a&q=%00",
        f"{TRANSCRIPTS}{{talk}}/change/?words=%00",
        f"{TRANSCRIPTS}{{talk}}/change/?_changelist_filters=q%3D%2500",
        f"{PEOPLE}{{ana}}/merge/?q=%00",
    ],
)
def test_a_null_character_is_refused(vera: Client, path: str) -> None:
    ana, talk = consenting("Ana"), transcript()

    assert vera.get(path.format(ana=ana.pk, talk=talk.pk)).status_code == 400


@pytest.mark.parametrize(
    "name", ["Ana\n Ruiz", "Ana\u2028Ruiz", "Ana\x07Ruiz", "Ana   Ruiz", " Ana Ruiz "]
)
def test_a_name_is_normalized_to_one_line_with_single_spaces(vera: Client, name: str) -> None:
    vera.post(f"{PEOPLE}add/", FORM | {"name": name})

    assert Person.objects.get().name == "Ana Ruiz"


def test_an_alias_is_normalized_to_one_line(vera: Client) -> None:
    vera.post(f"{PEOPLE}add/", FORM | {"aliases": "The  boss\nA\x07na"})

    assert Person.objects.get().aliases == ["The boss", "A na"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": "\x07"}),
        ("name", {"name": "x" * 201}),
        ("aliases", {"aliases": "\n".join(map(str, range(51)))}),
        ("aliases", {"aliases": "x" * 201}),
        ("notes", {"notes": "x" * 10_001}),
        ("consent_how", GIVEN),
        ("consent_how", GIVEN | {"consent_how": " "}),
        ("consent_how", GIVEN | {"consent_how": "x" * 1_001}),
    ],
)
def test_the_form_has_the_limits_of_the_endpoint(
    vera: Client, field: str, given: dict[str, str]
) -> None:
    answer = vera.post(f"{PEOPLE}add/", FORM | given)

    assert field in answer.context["adminform"].form.errors
    assert not Person.objects.exists()
