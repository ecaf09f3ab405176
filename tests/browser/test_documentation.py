"""The documentation pages work offline, under the policy that they are sent with."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway_process import Gateway

BUILT = Path(__file__).resolve().parents[2] / "var" / "docs" / "index.html"


@pytest.mark.skipif(not BUILT.is_file(), reason="the documentation is not built (make docs)")
def test_a_page_is_found_by_its_words_and_breaks_no_rule(browser: Browser, bare: Gateway) -> None:
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))

    page.goto(f"{bare.url}/docs/")
    page.get_by_placeholder("Search").fill("PARAKEET_URL")
    page.locator(".md-search-result__link").first.click(timeout=20_000)

    expect(page.locator("h1")).to_be_visible()
    assert messages == []
    page.close()
