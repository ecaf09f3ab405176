"""The API docs, the schema, and the built documentation under /docs/."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from audio.api.urls import urlpatterns
from tests.gateway_process import Gateway, running_gateway

# Closing an answer looks at the connections to the database.
pytestmark = pytest.mark.django_db
PATHS = sorted({re.sub("<[^>]*>", "x", str(one.pattern)) for one in urlpatterns})
PAGE = "<h1>Spark Control</h1>"


@pytest.fixture
def site(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "how-to").mkdir()
    (tmp_path / "how-to" / "index.html").write_text("<h1>How to</h1>")
    settings.DOCS_DIR = tmp_path
    return tmp_path


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("path", "heading"), [("/docs/", PAGE), ("/docs/how-to/", "<h1>How to</h1>")]
)
def test_a_folder_is_served_by_its_index(client: Client, path: str, heading: str) -> None:
    answer = client.get(path)

    assert answer.getvalue().decode() == heading
    assert answer["content-type"] == "text/html"


@pytest.mark.usefixtures("site")
def test_a_page_loads_only_files_of_this_gateway(client: Client) -> None:
    answer = client.get("/docs/index.html")
    answer.close()

    policy = answer["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy


@pytest.mark.usefixtures("site")
def test_a_page_is_not_sent_again_while_it_is_the_same(client: Client) -> None:
    first = client.get("/docs/index.html")
    first.close()

    again = client.get("/docs/index.html", headers={"if-modified-since": first["last-modified"]})

    assert again.status_code == 304


@pytest.mark.usefixtures("site")
def test_the_address_without_a_slash_leads_to_the_first_page(client: Client) -> None:
    answer = client.get("/docs")

    assert (answer.status_code, answer["location"]) == (302, "docs/")


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("path", ["/docs/missing.html", "/docs/how-to", f"/docs/{'a' * 3000}"])
def test_a_page_that_does_not_exist_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_url"


@pytest.mark.usefixtures("site")
def test_no_file_outside_the_site_is_served(client: Client) -> None:
    answer = client.get("/docs/../settings.py")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


def test_before_the_site_is_built_the_answer_says_how_to_build_it(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.DOCS_DIR = tmp_path

    answer = client.get("/docs/")

    assert answer.status_code == 404
    assert answer["content-type"] == "text/plain; charset=utf-8"
    assert b"make docs" in answer.content


@pytest.mark.parametrize("path", PATHS)
def test_every_path_answers_options(bare: Gateway, path: str) -> None:
    answer = bare.ask("OPTIONS", f"/{path}", 60)

    assert answer.status_code in (200, 302)
    assert "OPTIONS" in answer.headers.get("allow", "") or answer.status_code == 302


def test_first_requests_for_the_schema_at_the_same_time_are_answered(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway, ThreadPoolExecutor(24) as clients:
        answers = list(clients.map(gateway.get, ["/api/schema", "/api/schema?format=json"] * 12))

    assert [answer.status_code for answer in answers] == [200] * 24
    assert len({answer.content for answer in answers}) == 2


@pytest.mark.parametrize(
    ("query", "media_type"),
    [
        ("", "application/vnd.oai.openapi; charset=utf-8"),
        ("?format=json", "application/vnd.oai.openapi+json"),
    ],
)
def test_the_schema_has_the_format_that_was_asked_for(
    client: Client, query: str, media_type: str
) -> None:
    answer = client.get(f"/api/schema{query}")

    assert answer["content-type"] == media_type
    assert answer["content-disposition"].startswith('inline; filename="Spark Control.')
