"""Can the engines infer?"""

from collections.abc import Callable
from functools import partial

from audio import board
from audio.engines import kokoro, parakeet
from audio.engines.client import Engine
from audio.engines.failures import EngineNotConfigured
from audio.engines.probing import suspect
from audio.pipeline.parallel import in_parallel

_UNFIT = ("wedged", "down", "restarting")


def engine_states() -> dict[str, str]:
    """Whether each engine can infer, by what its probes found and what it says itself."""
    states = in_parallel(partial(_state, parakeet.parakeet), partial(_state, kokoro.kokoro))
    return dict(zip(("parakeet", "kokoro"), states, strict=True))


def _state(engine: Callable[[], Engine]) -> str:
    try:
        asked = engine()
    except EngineNotConfigured:
        return "not_configured"
    found = board.standing(asked.name, asked.url).state
    if found in _UNFIT:
        # It may have been mended by hand, and nobody would notice.
        suspect(asked.name, asked.url)
        return found
    return "ready" if asked.is_healthy() else "down"
