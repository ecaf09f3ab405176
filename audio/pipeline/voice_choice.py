"""In which voice is this to be spoken?"""

from audio import catalogue, speech_voices
from audio.engines.known_voices import VOICES
from audio.refusals import InvalidRequest, ModelNotFound
from audio.voice_mix import VoiceMix, parse_mix


def choose_voice(model: str, voice: VoiceMix | None, default: VoiceMix) -> VoiceMix:
    """The voice asked for, the one that stands in place of the model, or the default.

    Raises
    ------
    ModelNotFound
    """
    if not model or catalogue.is_tts_model(model):
        return voice or default
    if catalogue.is_stt_model(model):
        raise ModelNotFound(model, "turns speech into text; ask for kokoro or tts-1 to speak")
    named = _voice_in_place_of_a_model(model)
    if named is None:
        raise ModelNotFound(model)
    return voice or named


def refuse_unknown(voice: VoiceMix) -> None:
    """Refuse, without asking the engine, a voice that it told a moment ago not to have.

    Raises
    ------
    InvalidRequest
    """
    told = VOICES.fresh()
    known = {*told, *speech_voices.STANDARD_VOICES}
    unknown = next((name for name in voice.names if name not in known), None)
    if told and unknown is not None:
        examples = ", ".join(speech_voices.CURATED_VOICES)
        mixed = f" (in '{voice}')" if len(voice.names) > 1 else ""
        raise InvalidRequest(
            f"voice: there is no voice '{unknown}'{mixed}. There are {examples} and more: "
            "GET /v1/audio/voices lists all.",
            param="voice",
        )


def _voice_in_place_of_a_model(model: str) -> VoiceMix | None:
    """LibreChat's LocalAI provider sends the voice as the model, and no voice."""
    try:
        mix = parse_mix(model)
    except ValueError:
        return None
    return mix if all(map(_is_known, mix.names)) else None


def _is_known(name: str) -> bool:
    engine_name = speech_voices.engine_name(name)
    if engine_name in speech_voices.STANDARD_VOICES:
        return True
    told = VOICES.all()
    # Of a name that looks right the engine must say so itself while it has told none.
    return engine_name in told if told else speech_voices.is_named_like_one(engine_name)
