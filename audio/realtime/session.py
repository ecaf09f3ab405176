"""One session, without its connection: a client's message in, events and items out."""

from dataclasses import dataclass, field

from audio.api.event_fields import InvalidEvent
from audio.media.decoding import SAMPLE_RATE
from audio.realtime import events
from audio.realtime.client_events import ClientEvent, parse_event
from audio.realtime.events import Event
from audio.realtime.input_audio import InputAudio, Samples
from audio.realtime.input_buffer import InputBuffer, Turn, TurnStarted
from audio.realtime.item_transcription import Item
from audio.realtime.session_settings import SessionSettings

UPDATES = ("session.update", "transcription_session.update")
CLIENT_EVENTS = (
    *UPDATES,
    *(f"input_audio_buffer.{name}" for name in ("append", "commit", "clear")),
)


# More audio is heard in a thread: the detector takes 7 ms for a second of it.
LONG_S = 1.0
_BASE64_BYTES = 3 / 4


@dataclass(slots=True)
class Reply:
    """What a message causes: events to send, and items to transcribe."""

    events: list[Event] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


class Session:
    """The settings, the audio and the items of one client; `expires_at` is in seconds of Unix."""

    def __init__(self, settings: SessionSettings, *, is_beta: bool, expires_at: int) -> None:
        self.id = events.new_id("sess")
        self._settings, self._is_beta, self._expires_at = settings, is_beta, expires_at
        self._audio = InputAudio(settings.format)
        self._buffer = InputBuffer(settings.turn_detection)
        self._item_id = events.new_id("item")
        self._previous: str | None = None

    def opened(self) -> Event:
        """Return the first event of the session."""
        return self._shown("created", is_beta=self._is_beta)

    def takes_long(self, message: str | bytes) -> bool:
        """Whether a message would keep other clients waiting: it has much audio heard."""
        sent_s = len(message) * _BASE64_BYTES / self._audio.format.bytes_a_second
        return sent_s > LONG_S or (self._buffer.unheard_s > LONG_S and _is_update(message))

    def receive(self, message: str | bytes) -> Reply:
        """Act on a message; one that is invalid changes nothing, and is answered by an error."""
        event_id: str | None = None
        try:
            event = parse_event(message)
            event_id = event.event_id
            return self._act(event)
        except InvalidEvent as problem:
            code, param = problem.code, problem.param
            return Reply([events.error(str(problem), code=code, param=param, event_id=event_id)])

    def _act(self, event: ClientEvent) -> Reply:
        match event.type:
            case "input_audio_buffer.append":
                return self._append(event.fields.content("audio"))
            case "input_audio_buffer.commit":
                return self._commit()
            case "input_audio_buffer.clear":
                self._buffer.clear()
                self._audio = InputAudio(self._settings.format)
                return Reply([events.event("input_audio_buffer.cleared")])
            case kind if kind in UPDATES:
                return self._update(event)
        raise InvalidEvent(
            f"type: expected one of {', '.join(CLIENT_EVENTS)}, got {event.type[:60]!r}. This "
            "server transcribes, and gives no responses.",
            param="type",
        )

    def _update(self, event: ClientEvent) -> Reply:
        given = event.fields.inner("session")
        if given is None:
            raise InvalidEvent(
                "session: expected an object.", param="session", code="missing_required_parameter"
            )
        settings = self._settings.updated(given)
        reply = Reply()
        if self._audio.format is not settings.format:
            reply = self._turns(self._buffer.append(self._audio.finish()))
            self._audio = InputAudio(settings.format)
        self._settings = settings
        self._turns(self._buffer.use(settings.turn_detection), reply)
        is_beta = event.type != UPDATES[0]
        reply.events.insert(0, self._shown("updated", is_beta=is_beta))
        return reply

    def _append(self, content: bytes) -> Reply:
        self._buffer.check_room(self._audio.coming(content))
        return self._turns(self._buffer.append(self._audio.decode(content)))

    def _commit(self) -> Reply:
        self._buffer.check_length(self._audio.waiting)
        was_turn = self._buffer.is_turn
        samples, is_silent = self._buffer.commit(self._audio.finish())
        # The next item is another stream: half a sample of this one would shift all its bytes.
        self._audio = InputAudio(self._settings.format)
        reply = Reply([self._speech("stopped", self._buffer.end)] if was_turn else [])
        return self._add_item(reply, samples, is_silent=is_silent)

    def _turns(self, turns: list[Turn], reply: Reply | None = None) -> Reply:
        reply = reply or Reply()
        for turn in turns:
            if isinstance(turn, TurnStarted):
                reply.events.append(self._speech("started", turn.position))
            else:
                reply.events.append(self._speech("stopped", turn.position))
                self._add_item(reply, turn.samples)
        return reply

    def _speech(self, kind: str, position: int) -> Event:
        field = "audio_start_ms" if kind == "started" else "audio_end_ms"
        at_ms = {field: position * 1000 // SAMPLE_RATE}
        return events.event(f"input_audio_buffer.speech_{kind}", item_id=self._item_id, **at_ms)

    def _add_item(self, reply: Reply, samples: Samples, *, is_silent: bool = False) -> Reply:
        item_id, transcription = self._item_id, self._settings.transcription
        reply.events += events.item_events(item_id, self._previous, is_beta=self._is_beta)
        if transcription is not None:
            reply.items.append(Item(item_id, samples, transcription, is_silent))
        self._previous, self._item_id = item_id, events.new_id("item")
        return reply

    def _shown(self, change: str, *, is_beta: bool) -> Event:
        name = "transcription_session" if is_beta else "session"
        shown = self._settings.shown_in_beta() if is_beta else self._settings.shown()
        facts = {
            "id": self.id,
            "object": "realtime.transcription_session",
            "expires_at": self._expires_at,
        }
        return events.event(f"{name}.{change}", session={**facts, **shown})


def _is_update(message: str | bytes) -> bool:
    try:
        return parse_event(message).type in UPDATES
    except InvalidEvent:
        return False
