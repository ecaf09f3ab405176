"""What is said when the library cannot answer, and what the schema says beforehand."""

from collections.abc import Iterator

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.gateway_process import Gateway, running_gateway
from tests.voiceprints.api.calls import NOBODY, call, code_of
from tests.voiceprints.conftest import API_KEYS

DEAD = "postgres://nobody:secret@127.0.0.1:1/ledger"


@pytest.fixture(scope="module")
def orphan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose database is gone."""
    folder = tmp_path_factory.mktemp("orphan")
    settings = {"DATABASE_URL": DEAD, "SECRET_KEY": "for-the-tests", "API_KEYS": API_KEYS}
    with running_gateway(folder, **settings) as gateway:
        yield gateway


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "people"), ("POST", "people"), ("DELETE", f"people/{NOBODY}")]
)
def test_a_library_that_is_gone_is_told_as_such(orphan: Gateway, method: str, path: str) -> None:
    answer = call(orphan, method, path, json={"name": "Ana"})

    assert code_of(answer) == (503, "library_unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_nobody_learns_where_the_library_was(orphan: Gateway) -> None:
    answer = call(orphan, "GET", "people")

    told = answer.text + orphan.log.read_text()
    assert "OperationalError" in told
    assert "secret" not in told
    assert "ledger" not in told


def test_the_schema_says_what_every_endpoint_takes_answers_and_refuses() -> None:
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]

    operations = [
        operation
        for path in schema["paths"].values()
        for operation in path.values()
        if operation["tags"] == ["Voice library"]
    ]
    assert len(operations) == 17
    assert all({"400", "401", "403", "503"} <= set(one["responses"]) for one in operations)
    assert "vector" in schema["components"]["schemas"]["Voiceprint"]["properties"]
