"""The API docs work offline, under the content policy that they are sent with."""

from playwright.sync_api import Browser, expect

from tests.gateway_process import Gateway


def test_the_docs_list_the_endpoints_without_console_messages(
    browser: Browser, bare: Gateway
) -> None:
    page = browser.new_page()
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))

    page.goto(f"{bare.url}/api/docs")

    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
    assert console == []
    page.close()
