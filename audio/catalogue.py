"""What the gateway calls its models and voices, and what OpenAI's clients call them."""

from django.conf.locale import LANG_INFO

STT_MODEL = "parakeet-tdt-0.6b-v3"
TTS_MODEL = "kokoro"
SPEECH_FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
# A fixed moment: clients cache by it, and the models have no birthday of their own here.
CREATED = 1767225600

CURATED_VOICES = {
    "bm_george": ("George (British male, narrator-style)", "en-GB"),
    "bf_emma": ("Emma (British female, audiobook-style)", "en-GB"),
    "am_michael": ("Michael (American male, warm narrator)", "en-US"),
    "af_heart": ("Heart (American female, warm and balanced)", "en-US"),
}

STT_ALIASES = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-transcribe",
    "gpt-4o-transcribe-diarize",
)
TTS_ALIASES = (
    "tts-1",
    "tts-1-hd",
    "gpt-4o-mini-tts",
    "gpt-4o-mini-tts-2025-03-20",
    "gpt-4o-mini-tts-2025-12-15",
)
# Understood, but not listed: what the models are called elsewhere.
OTHER_STT_NAMES = ("parakeet", "nvidia/parakeet-tdt-0.6b-v3")
OTHER_TTS_NAMES = ("hexgrad/kokoro-82m",)

# Kokoro-FastAPI knows the first nine by these voices; the last four are ours, by how OpenAI
# describes them.
OPENAI_VOICES = {
    "alloy": "am_adam",
    "ash": "af_nicole",
    "coral": "bf_emma",
    "echo": "af_bella",
    "fable": "af_sarah",
    "onyx": "bm_george",
    "nova": "bf_isabella",
    "sage": "am_michael",
    "shimmer": "af_sky",
    "ballad": "bm_fable",
    "verse": "am_puck",
    "marin": "af_heart",
    "cedar": "am_fenrir",
}


def models(voices: list[str]) -> list[dict[str, object]]:
    """List our STT model, curated voices, the engine's other voices, then OpenAI's names."""
    return [
        _model(STT_MODEL, owned_by="nvidia", kind="stt"),
        *(_curated(voice) for voice in CURATED_VOICES),
        *(_voice(voice) for voice in voices if voice not in CURATED_VOICES),
        _model(TTS_MODEL, owned_by="kokoro", kind="tts"),
        *(_model(name, owned_by="openai", kind="tts") for name in TTS_ALIASES),
        *(_model(name, owned_by="openai", kind="stt") for name in STT_ALIASES),
    ]


def speech_models() -> list[dict[str, str]]:
    """List the names under which speech can be asked for."""
    return [{"id": name, "name": name} for name in (TTS_MODEL, *TTS_ALIASES)]


def voice_names(voices: list[str]) -> list[str]:
    """List the engine's voices (the curated ones when it does not say), then OpenAI's."""
    return [*(voices or CURATED_VOICES), *OPENAI_VOICES]


def is_stt_model(name: str) -> bool:
    """Whether speech is turned into text under this model name."""
    return name.lower() in (STT_MODEL, *STT_ALIASES, *OTHER_STT_NAMES)


def is_tts_model(name: str) -> bool:
    """Whether text is turned into speech under this model name."""
    return name.lower() in (TTS_MODEL, *TTS_ALIASES, *OTHER_TTS_NAMES)


def engine_voice(voice: str) -> str:
    """Translate an OpenAI voice name into one of the engine's."""
    return OPENAI_VOICES.get(voice, voice)


def engine_speech_model(model: str) -> str:
    """Translate an OpenAI speech model into the engine's."""
    return TTS_MODEL if model in TTS_ALIASES else model


def language_code(language: str) -> str:
    """Give the code of a language's name or tag: english, en-US and en are en."""
    wanted = language.strip().lower()
    by_name = {
        str(info["name"]).lower(): code for code, info in LANG_INFO.items() if "name" in info
    }
    return by_name.get(wanted, wanted).partition("-")[0]


def language_name(code: str) -> str:
    """Give a code's English name, as OpenAI's answers do; what is no known code stays."""
    info = LANG_INFO.get(code.lower())
    return str(info["name"]).lower() if info and "name" in info else code


def _model(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "object": "model", "created": CREATED, **more}


def _voice(voice: str) -> dict[str, object]:
    return _model(voice, owned_by="kokoro", kind="tts")


def _curated(voice: str) -> dict[str, object]:
    display_name, language = CURATED_VOICES[voice]
    return _voice(voice) | {"display_name": display_name, "language": language, "curated": True}
