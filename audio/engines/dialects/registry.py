"""The dialects by name, as `<ROLE>_DIALECT` names them."""

from collections.abc import Mapping

from audio.engines.dialects.asr_webservice import ASRWebservice
from audio.engines.dialects.dialect import Dialect
from audio.engines.dialects.kokoro import Kokoro
from audio.engines.dialects.localai import LocalAI
from audio.engines.dialects.nemo_speech_cpp import NemoSpeechCpp
from audio.engines.dialects.openai import OpenAI
from audio.engines.dialects.openai_diarized import OpenAIDiarized
from audio.engines.dialects.parakeet import Parakeet
from audio.engines.dialects.speaches import Speaches

_ALL: tuple[Dialect, ...] = (
    Parakeet(),
    Kokoro(),
    OpenAI(),
    OpenAIDiarized(),
    LocalAI(),
    Speaches(),
    ASRWebservice(),
    NemoSpeechCpp(),
)
DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in _ALL}
