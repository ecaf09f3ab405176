"""The watch over engines: periodic probes, and probes after a failure or on request."""

import logging
from threading import Event, Lock, Thread

from django.conf import settings

from audio.engines import engine_status
from audio.engines.recovery.examination import examine
from audio.engines.role_settings import SHORT_FORMS, engine_urls, probe_when

logger = logging.getLogger("audio.engines.recovery")
# An engine that is not well is examined again after this many times RECOVERY_PROBE_S.
_PROBES_UNTIL_NEXT = 6
# Reported even where they have no address.
ALWAYS_LISTED = tuple(dict.fromkeys(SHORT_FORMS.values()))
_FAILED = ("degraded", "wedged", "down", "restarting")
_GOOD = ("healthy", "degraded")
_under_way: dict[str, Event] = {}
_starting = Lock()


def watched() -> list[str]:
    """Return the engines that the settings name."""
    return list(engine_urls())


def watch(stop: Event) -> None:
    """Examine every engine now and every WATCH_INTERVAL_S, until `stop` is set.

    Each engine has a thread of its own, which the process does not wait for: an engine that is
    followed after its restart does not delay the others, and the process stops immediately.
    """
    for engine in watched():
        Thread(target=_watch, args=(engine, stop), name=f"watch-{engine}", daemon=True).start()
    stop.wait()


def examine_all() -> bool:
    """Examine all engines once, in parallel; return whether all are well."""
    probed = [engine for engine in watched() if probe_when(engine) != "off"]
    threads = [Thread(target=examine, args=(engine,)) for engine in probed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return all(is_well(engine) for engine in probed)


def is_well(engine: str) -> bool:
    """Whether the engine answered correctly at its last probe."""
    return engine_status.current_status(engine, engine_status.url_of(engine)).state in _GOOD


def examine_in_background(engine: str) -> Event:
    """Start an examination of an engine, unless one is under way; return its event.

    The event is set when the engine was probed, or was probed a moment ago; a restart
    may still be followed then.
    """
    with _starting:
        if engine not in _under_way:
            probed = Event()
            thread = Thread(
                target=_examine, args=(engine, probed), name=f"probe-{engine}", daemon=True
            )
            thread.start()
            _under_way[engine] = probed
        return _under_way[engine]


def when_suspected(sender: object, engine: str, url: str, **_signal: object) -> None:
    """Receive `suspected`: an engine failed, or was late."""
    is_known = bool(url) and url == engine_status.url_of(engine)
    if is_known and settings.PROBE_AFTER_FAILURE and probe_when(engine) != "off":
        examine_in_background(engine)


def _is_due(engine: str) -> bool:
    """Whether an engine is probed without a cause: hosted ones cost money, or have failed."""
    match probe_when(engine):
        case "always":
            return True
        case "on-failure":
            url = engine_status.url_of(engine)
            return engine_status.current_status(engine, url).state in _FAILED
    return False


def _examine(engine: str, probed: Event) -> None:
    try:
        examine(engine, cooldown_s=settings.PROBE_COOLDOWN_S, when_probed=probed.set)
    except Exception:
        logger.exception("examining an engine failed", extra={"engine": engine})
    finally:
        # The lock waits until the thread that started this examination has registered it.
        with _starting:
            del _under_way[engine]
        probed.set()


def _watch(engine: str, stop: Event) -> None:
    while not stop.is_set():
        try:
            if _is_due(engine):
                examine(engine)
        except Exception:
            logger.exception("examining an engine failed", extra={"engine": engine})
        soon_s = min(settings.WATCH_INTERVAL_S, _PROBES_UNTIL_NEXT * settings.RECOVERY_PROBE_S)
        stop.wait(settings.WATCH_INTERVAL_S if is_well(engine) else soon_s)
