"""A real browser, and a real gateway with a filled library."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.meetings import Meetings, create_meetings
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.process_coverage import measured
from tests.voiceprints.conftest import database_url

CHROMIUM = shutil.which("chromium")
BROWSER_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps, and that every page may use.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
WAIT_MS = 60_000
VIEW = ViewportSize(width=1280, height=900)


# Scoped to the package: in a wider scope its event loop would still run during other tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed; run: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop runs in this thread, in which the tests use the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def admin_gateway(
    django_db_setup: None, fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("admin"),
        **measured(),
        DATABASE_URL=database_url(),
        SECRET_KEY=settings.SECRET_KEY,
        PARAKEET_URL=fault_server.url,
    ) as gateway:
        yield gateway


@pytest.fixture
def meetings(transactional_db: None) -> Meetings:
    return create_meetings()


@pytest.fixture
def page(browser: Browser, admin_gateway: Gateway, meetings: Meetings) -> Iterator[Page]:
    """Log an administrator in; every message in the browser's console fails the test."""
    with logged_in(browser, admin_gateway, java_script=True) as page:
        yield page


@pytest.fixture
def page_without_javascript(
    browser: Browser, admin_gateway: Gateway, meetings: Meetings
) -> Iterator[Page]:
    """Log an administrator in to a browser without JavaScript."""
    with logged_in(browser, admin_gateway, java_script=False) as page:
        yield page


@pytest.fixture
def page_with_messages(
    browser: Browser, admin_gateway: Gateway, meetings: Meetings
) -> Iterator[Page]:
    """Log an administrator in; the browser reports refused requests and axe's styles."""
    with logged_in(browser, admin_gateway, java_script=True, may_report=True) as page:
        yield page


@contextmanager
def logged_in(
    browser: Browser, gateway: Gateway, *, java_script: bool, may_report: bool = False
) -> Iterator[Page]:
    session = Client()
    session.force_login(User.objects.create_superuser("vera"))
    cookie = session.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(
        base_url=gateway.url, viewport=VIEW, java_script_enabled=java_script
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": gateway.url}])
    context.set_default_timeout(WAIT_MS)
    console: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    yield page
    context.close()
    assert may_report or console == []
