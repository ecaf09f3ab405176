"""The docs work offline, under the policy that they are sent with."""

from playwright.sync_api import Browser, expect

from tests.gateway_process import Gateway


def test_the_docs_list_the_endpoints_and_break_no_rule(browser: Browser, bare: Gateway) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{bare.url}/api/docs")

    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
    assert complaints == []
    page.close()
