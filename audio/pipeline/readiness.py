"""Can the engines infer?"""

from collections.abc import Callable
from functools import partial

from audio.engines import kokoro, parakeet
from audio.engines.client import Engine, EngineNotConfigured
from audio.pipeline.parallel import in_parallel


def engine_states() -> dict[str, str]:
    """Whether each engine says that it can infer."""
    states = in_parallel(partial(_state, parakeet.parakeet), partial(_state, kokoro.kokoro))
    return dict(zip(("parakeet", "kokoro"), states, strict=True))


def _state(engine: Callable[[], Engine]) -> str:
    try:
        return "ready" if engine().is_healthy() else "down"
    except EngineNotConfigured:
        return "not_configured"
