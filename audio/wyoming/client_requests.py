"""What the events of a client ask for: their fields, checked before they are used."""

from dataclasses import dataclass

from wyoming.event import Event

from audio.api.event_fields import Fields
from audio.engines.languages import language_code
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from audio.wyoming.frames import MAX_DATA_BYTES
from audio.wyoming.spoken_text import MAX_TEXT

LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
MOST_CHANNELS = 8
WIDTH = 2
LONGEST_NAME = 200
LONGEST_LANGUAGE = 50


@dataclass(frozen=True, slots=True)
class AudioForm:
    """The rate (Hz) and the channels of samples of 16 bits."""

    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """How a command is transcribed: a model, a language, and expected words."""

    model: str = ""
    language: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """The voice that a client asks for: by its name, else by its language."""

    name: str = ""
    language: str = ""


def audio_form(event: Event) -> AudioForm:
    """Return the form of the samples of `audio-start` or `audio-chunk`.

    Raises
    ------
    InvalidEvent
    """
    fields = _fields(event)
    _whole_number(fields, "width", WIDTH, WIDTH)
    rate = _whole_number(fields, "rate", LOWEST_RATE, HIGHEST_RATE)
    return AudioForm(rate, _whole_number(fields, "channels", 1, MOST_CHANNELS))


def command_request(event: Event) -> CommandRequest:
    """Return what `transcribe` asks for; names come before other terms.

    Raises
    ------
    InvalidEvent
    """
    fields = _fields(event)
    names = _terms(fields, "transcript_names", MAX_TERMS)
    terms = _terms(fields, "transcript_terms", MAX_TERMS - len(names))
    return CommandRequest(
        (fields.text("name", longest=LONGEST_NAME) or "").strip(),
        language_code(fields.text("language", longest=LONGEST_LANGUAGE) or ""),
        (*names, *terms),
    )


def voice_request(event: Event) -> VoiceRequest:
    """Return the voice of `synthesize` or `synthesize-start`.

    Raises
    ------
    InvalidEvent
    """
    voice = _fields(event).inner("voice")
    if voice is None:
        return VoiceRequest()
    voice.text("speaker", longest=LONGEST_NAME)
    return VoiceRequest(
        (voice.text("name", longest=LONGEST_NAME) or "").strip(),
        (voice.text("language", longest=LONGEST_LANGUAGE) or "").strip(),
    )


def spoken_text(event: Event) -> str:
    """Return the text of `synthesize` or `synthesize-chunk`.

    Raises
    ------
    InvalidEvent
    """
    fields = _fields(event)
    text = fields.text("text", longest=MAX_TEXT)
    if text is None:
        raise fields.expected("text", "a string")
    return text


def ping_text(event: Event) -> str | None:
    """Return the text of `ping`, which is sent back.

    Raises
    ------
    InvalidEvent
    """
    return _fields(event).text("text", longest=MAX_DATA_BYTES)


def _fields(event: Event) -> Fields:
    return Fields(event.data, event.type)


def _whole_number(fields: Fields, field: str, least: int, most: int) -> int:
    number = fields.number(field, least=least, most=most)
    if number is None or number != int(number):
        only = f"the number {least}" if least == most else f"a whole number from {least} to {most}"
        raise fields.expected(field, only)
    return int(number)


def _terms(fields: Fields, field: str, most: int) -> tuple[str, ...]:
    given = fields.texts(field, longest=MAX_TERM_LENGTH, most=most) or ()
    return tuple(term.strip() for term in given if term.strip())
