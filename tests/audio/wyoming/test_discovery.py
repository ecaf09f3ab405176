"""The server is found by mDNS, here on the loopback interface."""

import asyncio
import sys
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from audio.wyoming.discovery import SERVICE_TYPE, CannotAnnounce, announced

LOOPBACK = "127.0.0.1"


async def found(name: str, seen: asyncio.Event) -> AsyncServiceInfo | None:
    """Browse until the service is seen; return its address and port."""
    searching = AsyncZeroconf(interfaces=[LOOPBACK])
    browser = AsyncServiceBrowser(searching.zeroconf, SERVICE_TYPE, handlers=[_noting(seen)])
    try:
        async with asyncio.timeout(20):
            await seen.wait()
        return await searching.async_get_service_info(SERVICE_TYPE, name)
    finally:
        await browser.async_cancel()
        await searching.async_close()


def _noting(seen: asyncio.Event) -> Callable[..., None]:
    def note(
        zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        seen.set()

    return note


def test_a_server_is_found_under_its_name_address_and_port() -> None:
    async def ask() -> AsyncServiceInfo | None:
        async with announced("test-server", LOOPBACK, 10_300, interfaces=[LOOPBACK]):
            return await found(f"test-server.{SERVICE_TYPE}", asyncio.Event())

    service = asyncio.run(ask())

    assert service is not None
    assert (service.parsed_addresses(), service.port) == ([LOOPBACK], 10_300)


def test_without_the_package_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeroconf", None)

    async def announce() -> None:
        async with announced("test-server", LOOPBACK, 10_300):
            pass

    with pytest.raises(CannotAnnounce, match="not installed"):
        asyncio.run(announce())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--zeroconf"], "--zeroconf: expected a --bind that other machines reach"),
        (["--bind", "here"], "--bind: expected HOST:PORT, got 'here'"),
        (["--bind", "127.0.0.1:70000"], "--bind: expected HOST:PORT"),
    ],
)
def test_the_command_names_an_argument_that_is_wrong(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("wyoming", *arguments)
