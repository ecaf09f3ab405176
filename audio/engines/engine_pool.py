"""Several engines of one role: the least busy is asked first, and one that fails is left alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from audio.engines.availability import is_left_alone, leave_alone
from audio.engines.failures import (
    EngineBusy,
    EngineCannotTranslate,
    EngineError,
    EngineFailed,
    EngineMisconfigured,
    EngineNonsense,
    EngineRefusedKey,
    EngineRestarting,
    EngineTimedOut,
    EngineUnreachable,
    loading,
)
from audio.engines.role_engine import RoleEngine

T = TypeVar("T")
# After these another engine may answer the same request; after a timeout the client has waited
# long enough.
_ANOTHER_MAY_ANSWER = (
    EngineBusy,
    EngineFailed,
    EngineMisconfigured,
    EngineNonsense,
    EngineRefusedKey,
    EngineRestarting,
    EngineUnreachable,
)


class EnginePool:
    """The engines of one role.

    `dialect` is named where an answer of engines that others wrote is in another one; it is empty
    for others. `health_path` is where they say that they are loading.
    """

    def __init__(
        self, engines: Sequence[RoleEngine], dialect: str = "", health_path: str = ""
    ) -> None:
        self._engines, self._dialect = tuple(engines), dialect
        self._health_path = health_path

    def __iter__(self) -> Iterator[RoleEngine]:
        return iter(self._engines)

    @property
    def first(self) -> RoleEngine:
        """The engine that the settings name first."""
        return self._engines[0]

    @contextmanager
    def hold_slots(self, calls: int) -> Iterator[int]:
        """Hold the slots of a job, at as many engines as are needed; yield how many.

        A job waits for slots only while it holds none of the pool's, so two jobs never wait for
        each other.

        Raises
        ------
        EngineBusy
            Before any call, when no slots became free in time.
        """
        if len(self._engines) == 1:
            with self.first.engine.hold_slots(calls) as held:
                yield held
            return
        if held := sum(one.engine.held_slots for one in self._engines):
            yield held
            return
        with ExitStack() as slots:
            for one, share in self._shares(calls):
                held += slots.enter_context(one.engine.hold_free_slots(min(share, calls - held)))
            if not held:
                held = slots.enter_context(self._by_preference()[0].engine.hold_slots(calls))
            yield held

    def call(self, ask: Callable[[RoleEngine], T]) -> T:
        """Ask an engine of the pool, and the next one where another may still answer.

        Raises
        ------
        EngineError
            A failure that no other engine mends, or that of the preferred engine.
        """
        if len(self._engines) == 1:
            return self._ask(ask, self.first)
        failures: list[EngineError] = []
        for one in self._by_preference():
            try:
                return self._ask(ask, one)
            except (*_ANOTHER_MAY_ANSWER, EngineCannotTranslate) as error:
                failures.append(error)
        raise failures[0]

    def _ask(self, ask: Callable[[RoleEngine], T], one: RoleEngine) -> T:
        try:
            with self._named_dialect(one):
                return ask(one)
        except EngineBusy as busy:
            if busy.retry_after:
                leave_alone(one.name, one.engine.url, busy.retry_after)
            raise
        except EngineError as error:
            if isinstance(error, (*_ANOTHER_MAY_ANSWER, EngineTimedOut)):
                leave_alone(one.name, one.engine.url)
            raise

    @contextmanager
    def _named_dialect(self, one: RoleEngine) -> Iterator[None]:
        """Name the dialect in failures that another dialect explains, and no loading does."""
        try:
            yield
        except (EngineMisconfigured, EngineNonsense) as error:
            if not self._dialect:
                raise
            # whisper.cpp answers 404 to everything until its model is loaded.
            if isinstance(error, EngineMisconfigured) and self._is_loading(one):
                raise loading(one.name) from error
            hint = f"Its dialect is set to {self._dialect}."
            raise type(error)(f"{str(error).rstrip('.')}. {hint}") from error

    def _is_loading(self, one: RoleEngine) -> bool:
        return bool(self._health_path) and one.engine.health(self._health_path).is_loading

    def _shares(self, calls: int) -> list[tuple[RoleEngine, int]]:
        """Return the engines that are well, and an even share of the calls for each.

        Those that are asked last also take what the first ones had no room for.
        """
        fit = [one for one in self._by_preference() if not is_left_alone(one.name, one.engine.url)]
        even = -(-calls // max(1, len(fit)))
        return [*((one, even) for one in fit[:-1]), *((one, calls) for one in fit[-1:])]

    def _by_preference(self) -> list[RoleEngine]:
        """Return the engines: with free slots of this job, then well, then least busy first."""
        return sorted(
            self._engines,
            key=lambda one: (
                is_left_alone(one.name, one.engine.url),
                -one.engine.unused_slots,
                one.engine.load,
            ),
        )
