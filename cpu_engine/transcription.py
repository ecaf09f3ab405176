"""What was said, and when each word was said?"""

from dataclasses import dataclass
from pathlib import Path

from faster_whisper import WhisperModel

from cpu_engine.decoding import Samples
from cpu_engine.errors import BadRequest

BEAM = 5
# Whisper's own ladder: a hotter one is tried when the text repeats itself or is improbable.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Silero's threshold is lower than its default (0.5), to keep quiet speech; its margins are
# narrower (400 ms), because Whisper lets the first word begin where the sound does.
VOICE_ACTIVITY = {"threshold": 0.3, "speech_pad_ms": 200}


@dataclass(frozen=True, slots=True)
class Word:
    """Text with start and end, in s."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, in which language (a code), word by word."""

    text: str
    language: str
    words: tuple[Word, ...]


class Transcriber:
    """Whisper, run by CTranslate2 in 8-bit integers."""

    def __init__(self, model: Path, threads: int) -> None:
        self._model = WhisperModel(
            str(model),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )

    def __call__(
        self,
        samples: Samples,
        *,
        language: str | None = None,
        prompt: str | None = None,
        temperature: float = 0.0,
    ) -> Transcript:
        """Transcribe (samples,) at 16 kHz; the language is found out when it is not given.

        Temperature 0 stands for Whisper's own ladder of temperatures.
        """
        if language is not None and language not in self._model.supported_languages:
            raise BadRequest(f"The language {language!r} is not known; give a code such as 'en'.")
        segments, info = self._model.transcribe(
            samples,
            language=language,
            initial_prompt=prompt,
            temperature=temperature or TEMPERATURES,
            beam_size=BEAM,
            word_timestamps=True,
            # Whisper invents text for silence, and one invention leads to the next.
            vad_filter=True,
            vad_parameters=VOICE_ACTIVITY,
            condition_on_previous_text=False,
        )
        listed = list(segments)
        words = tuple(
            Word(round(word.start, 3), round(word.end, 3), word.word.strip())
            for segment in listed
            for word in segment.words or ()
            if word.word.strip()
        )
        return Transcript("".join(s.text for s in listed).strip(), info.language, words)
