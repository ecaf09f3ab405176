"""When is an engine examined? Every few minutes, after it failed, and when somebody asks."""

import logging
from threading import Event, Lock, Thread

from django.conf import settings

from audio.engines import engine_status
from audio.engines.processors import all_of_ours, stay_on
from audio.engines.recovery.examination import examine
from audio.engines.recovery.probes import ENGINES

logger = logging.getLogger("audio.engines.recovery")
# An engine that is not well is looked at again after so many of the waits between the probes that
# follow a restart.
_SOON = 6
_GOOD = ("healthy", "degraded")
_under_way: dict[str, Event] = {}
_starting = Lock()


def watched() -> list[str]:
    """The engines that the settings name."""
    return [engine for engine in ENGINES if engine_status.url_of(engine)]


def watch(stop: Event) -> None:
    """Examine every engine now and every WATCH_INTERVAL_S, until it is to stop.

    Each in a thread of its own, which the process does not wait for: one that is being followed
    does not keep the other waiting, and stopping is at once.
    """
    for engine in watched():
        Thread(target=_watch, args=(engine, stop), name=f"watch-{engine}", daemon=True).start()
    stop.wait()


def examine_all() -> bool:
    """Examine every engine once, at the same time; whether all are well."""
    threads = [Thread(target=examine, args=(engine,)) for engine in watched()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return all(is_well(engine) for engine in watched())


def is_well(engine: str) -> bool:
    """Whether the engine answered rightly when it was last asked."""
    return engine_status.standing(engine, engine_status.url_of(engine)).state in _GOOD


def look_at(engine: str) -> Event:
    """Examine an engine in the background, unless that was done a moment ago.

    The event comes when it was probed, or need not be; a restart may still be followed then.
    """
    with _starting:
        if engine not in _under_way:
            probed = Event()
            thread = Thread(
                target=_look_at, args=(engine, probed), name=f"probe-{engine}", daemon=True
            )
            thread.start()
            _under_way[engine] = probed
        return _under_way[engine]


def when_suspected(sender: object, engine: str, url: str, **_signal: object) -> None:
    """Receive `suspected`: an engine failed, or is late."""
    known = engine in ENGINES and url == engine_status.url_of(engine)
    if known and settings.PROBE_AFTER_FAILURE:
        look_at(engine)


def _look_at(engine: str, probed: Event) -> None:
    # Whoever suspected it may be bound to one processor; an engine that is begun anew must not be.
    stay_on(all_of_ours())
    try:
        examine(engine, cooldown_s=settings.PROBE_COOLDOWN_S, when_probed=probed.set)
    except Exception:
        logger.exception("examining an engine failed", extra={"engine": engine})
    finally:
        # Only now may the next one begin; this waits for whoever began this one.
        with _starting:
            del _under_way[engine]
        probed.set()


def _watch(engine: str, stop: Event) -> None:
    while not stop.is_set():
        try:
            examine(engine)
        except Exception:
            logger.exception("examining an engine failed", extra={"engine": engine})
        soon_s = min(settings.WATCH_INTERVAL_S, _SOON * settings.RECOVERY_PROBE_S)
        stop.wait(settings.WATCH_INTERVAL_S if is_well(engine) else soon_s)
