"""Errors when the database is unreachable, and their description in the schema."""

from collections.abc import Iterator

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.gateway_process import Gateway, running_gateway
from tests.voiceprints.api.calls import UNKNOWN_ID, call, code_of
from tests.voiceprints.conftest import API_KEYS

DEAD = "postgres://nobody:secret@127.0.0.1:1/ledger"


@pytest.fixture(scope="module")
def orphan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Start a gateway whose database is unreachable."""
    folder = tmp_path_factory.mktemp("orphan")
    settings = {"DATABASE_URL": DEAD, "SECRET_KEY": "for-the-tests", "API_KEYS": API_KEYS}
    with running_gateway(folder, **settings) as gateway:
        yield gateway


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "people"), ("POST", "people"), ("DELETE", f"people/{UNKNOWN_ID}")]
)
def test_an_unreachable_library_is_reported_as_unavailable(
    orphan: Gateway, method: str, path: str
) -> None:
    answer = call(orphan, method, path, json={"name": "Ana"})

    assert code_of(answer) == (503, "library_unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_the_address_of_the_database_is_not_revealed(orphan: Gateway) -> None:
    answer = call(orphan, "GET", "people")

    output = answer.text + orphan.log.read_text()
    assert "the database failed: " in output
    assert "secret" not in output
    assert "ledger" not in output


def test_the_schema_describes_requests_answers_and_errors_of_every_endpoint() -> None:
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]

    operations = [
        operation
        for path in schema["paths"].values()
        for operation in path.values()
        if operation["tags"] == ["Voice library"]
    ]
    assert len(operations) == 20
    assert all({"400", "401", "403", "503"} <= set(one["responses"]) for one in operations)
    assert "vector" in schema["components"]["schemas"]["Voiceprint"]["properties"]
