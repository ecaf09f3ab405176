"""What the server says about itself: its models, their languages, and its voices."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from django.conf import settings
from wyoming.info import AsrModel, AsrProgram, Attribution, Info, TtsProgram, TtsVoice

from audio.api.model_names import STT_MODEL
from audio.engines import roles
from audio.engines.speech_voices import CURATED_VOICES, describe_voice, list_voices
from audio.pipeline.speech import voices

NAME = "spark-control"
VERSION = str(settings.SPECTACULAR_SETTINGS["VERSION"])
_ATTRIBUTION = Attribution("Spark Control", "")
# Home Assistant waits a second for the answer, without which it offers no recognition either.
VOICES_S = 0.5
# Of voices whose names do not say.
_LANGUAGE = "en-US"


def information() -> Info:
    """Return what the engines of this gateway can do; it may ask them for their voices."""
    return Info(
        asr=[_speech_to_text()] if roles.is_configured("words") else [],
        tts=[_text_to_speech()] if roles.is_configured("speech") else [],
    )


class VoicesInTime:
    """The engine's voices, which may take long to come: one call waits for all clients."""

    def __init__(self, ask: Callable[[], tuple[str, ...]]) -> None:
        self._ask = ask
        self._thread = ThreadPoolExecutor(1, "wyoming-voices")
        self._call: Future[tuple[str, ...]] | None = None
        self._choosing = Lock()

    def within(self, wait_s: float) -> tuple[str, ...]:
        """Return the voices; none where they do not come in this time, and the call goes on."""
        with self._choosing:
            if self._call is None or self._call.done():
                self._call = self._thread.submit(self._ask)
            call = self._call
        try:
            return call.result(wait_s)
        except TimeoutError:
            return ()


_VOICES = VoicesInTime(voices)


def language_of(voice: str) -> str:
    """Return the language of a voice."""
    return describe_voice(voice).get("language", _LANGUAGE)


def voice_for(language: str) -> str | None:
    """Return a voice of a language, a curated one first; None where no voice has it."""
    wanted = language.replace("_", "-").lower()
    names = [*CURATED_VOICES, *list_voices(_VOICES.within(VOICES_S))]
    spoken = {name: language_of(name).lower() for name in names}
    exact = [name for name in names if spoken[name] == wanted]
    near = [name for name in names if spoken[name].partition("-")[0] == wanted.partition("-")[0]]
    return next(iter([*exact, *near]), None)


def _speech_to_text() -> AsrProgram:
    model = AsrModel(
        name=STT_MODEL,
        attribution=_ATTRIBUTION,
        installed=True,
        description="The words engine of this gateway",
        version=VERSION,
        languages=list(settings.WYOMING_LANGUAGES),
    )
    return AsrProgram(
        name=NAME,
        attribution=_ATTRIBUTION,
        installed=True,
        description="Spark Control, speech to text",
        version=VERSION,
        models=[model],
        supports_transcript_streaming=True,
    )


def _text_to_speech() -> TtsProgram:
    return TtsProgram(
        name=NAME,
        attribution=_ATTRIBUTION,
        installed=True,
        description="Spark Control, text to speech",
        version=VERSION,
        voices=[_voice(name) for name in list_voices(_VOICES.within(VOICES_S))],
        supports_synthesize_streaming=True,
    )


def _voice(name: str) -> TtsVoice:
    title, _ = CURATED_VOICES.get(name, (name, ""))
    return TtsVoice(
        name=name,
        attribution=_ATTRIBUTION,
        installed=True,
        description=title,
        version=VERSION,
        languages=[language_of(name)],
    )
