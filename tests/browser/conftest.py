"""A real browser before a real gateway."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.meetings import Meetings, plant_meetings
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.voiceprints.conftest import database_url

CHROMIUM = shutil.which("chromium")
QUIETLY = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 10_000
VIEW = ViewportSize(width=1280, height=900)


# Of the package, not of the session: its event loop would run on under other tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop is in this thread, where the tests use the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _admin_gateway(
    django_db_setup: None, fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("admin"),
        DATABASE_URL=database_url(),
        SECRET_KEY=settings.SECRET_KEY,
        PARAKEET_URL=fault_server.url,
    ) as gateway:
        yield gateway


@pytest.fixture
def meetings(transactional_db: None) -> Meetings:
    return plant_meetings()


@pytest.fixture
def page(browser: Browser, _admin_gateway: Gateway, meetings: Meetings) -> Iterator[Page]:
    """An admin who has logged in; whatever the browser complains of fails the test."""
    with logged_in(browser, _admin_gateway, java_script=True) as page:
        yield page


@pytest.fixture
def still_page(browser: Browser, _admin_gateway: Gateway, meetings: Meetings) -> Iterator[Page]:
    """The same without JavaScript."""
    with logged_in(browser, _admin_gateway, java_script=False) as page:
        yield page


@contextmanager
def logged_in(browser: Browser, gateway: Gateway, *, java_script: bool) -> Iterator[Page]:
    session = Client()
    session.force_login(User.objects.create_superuser("vera"))
    cookie = session.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(
        base_url=gateway.url, viewport=VIEW, java_script_enabled=java_script
    )
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": gateway.url}])
    context.set_default_timeout(WAIT_MS)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
