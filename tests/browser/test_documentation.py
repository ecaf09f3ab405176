"""The documentation pages work offline, under the policy that they are sent with."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway_process import Gateway

PATIENCE_MS = 60_000
BUILT = Path(__file__).resolve().parents[2] / "var" / "docs" / "index.html"


@pytest.mark.skipif(not BUILT.is_file(), reason="the documentation is not built (make docs)")
def test_a_page_is_found_by_its_words_and_breaks_no_rule(browser: Browser, bare: Gateway) -> None:
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))

    page.goto(f"{bare.url}/docs/")
    search = page.get_by_placeholder("Search")
    search.click()
    # What is typed before the index is loaded is never searched.
    expect(page.locator(".md-search-result__meta")).not_to_contain_text(
        "Initializing", timeout=PATIENCE_MS
    )
    search.press_sequentially("PARAKEET_URL")
    page.locator(".md-search-result__link").first.click(timeout=PATIENCE_MS)

    expect(page.locator("h1")).to_be_visible()
    assert messages == []
    page.close()
