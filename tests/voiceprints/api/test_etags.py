"""A client cannot overwrite a change that another client made in the meantime."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import add_person, call, code_of
from tests.waiting import until
from voiceprints.models import Person


def test_a_change_gives_a_new_etag(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")
    first = call(library_gateway, "GET", f"people/{ana}").headers["ETag"]

    changed = call(library_gateway, "PATCH", f"people/{ana}", json={"notes": "x"})

    assert (first, changed.headers["ETag"]) == ('"1"', '"2"')


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_a_known_version_is_not_sent_again(library_gateway: Gateway, tag: str) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "GET", f"people/{ana}", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize("tag", ['"2"', "1", "", '"1'])
def test_an_unknown_version_is_sent(library_gateway: Gateway, tag: str) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "GET", f"people/{ana}", headers={"If-None-Match": tag})

    assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/merge")])
@pytest.mark.parametrize("tag", ['"1"', 'W/"2"', "2", ""])
def test_a_stale_change_is_refused(
    library_gateway: Gateway, method: str, path: str, tag: str
) -> None:
    ana, twin = add_person(library_gateway, "Ana"), add_person(library_gateway, "Ana R.")
    call(library_gateway, "PATCH", f"people/{ana}", json={"notes": "x"})
    body = {"": {"notes": "y"}, "/merge": {"from": twin}}[path]

    answer = call(
        library_gateway, method, f"people/{ana}{path}", json=body, headers={"If-Match": tag}
    )

    assert code_of(answer) == (412, "precondition_failed")
    assert Person.objects.get(pk=ana).notes == "x"


@pytest.mark.parametrize("tag", ['"1"', '"9", "1"', "*"])
def test_a_change_of_the_current_version_is_made(library_gateway: Gateway, tag: str) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(
        library_gateway, "PATCH", f"people/{ana}", json={"notes": "x"}, headers={"If-Match": tag}
    )

    assert answer.status_code == 200


def test_only_one_of_two_changes_of_one_version_is_made(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    def change(notes: str) -> int:
        headers = {"If-Match": '"1"'}
        body = {"notes": notes}
        path = f"people/{ana}"
        return call(library_gateway, "PATCH", path, json=body, headers=headers).status_code

    with ThreadPoolExecutor() as threads, transaction.atomic():
        Person.objects.select_for_update().get()
        statuses = threads.map(change, "ab")
        _wait_for_waiting(2)

    assert sorted(statuses) == [200, 412]


def _wait_for_waiting(count: int) -> None:
    """Wait until this number of other connections wait for a lock of this transaction."""
    until(lambda: _waiting_connections() == count)


def _waiting_connections() -> int:
    """Count those that wait for this connection, or for one that does.

    From pg_locks: pg_stat_activity does not change within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE waiting AS ("
            " SELECT pid FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            " UNION"
            " SELECT behind.pid FROM pg_locks behind"
            " JOIN waiting ON waiting.pid = ANY (pg_blocking_pids(behind.pid))"
            " WHERE NOT behind.granted"
            ") SELECT count(*) FROM waiting"
        )
        return int(cursor.fetchone()[0])
