"""Transcription: the text of a recording, and the time of each word."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel

from cpu_engine.audio_samples import Samples
from cpu_engine.diarization.stretches import stretches
from cpu_engine.http.errors import BadRequest

# Whisper's own ladder: a higher one is tried when the text repeats itself or is improbable.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ENGLISH = "en"
# Silero's threshold is lower than its default (0.5), to keep quiet speech; its margins are
# narrower (400 ms), because Whisper lets the first word begin where the sound does.
VOICE_ACTIVITY = {"threshold": 0.3, "speech_pad_ms": 200}
OPTIONS: dict[str, Any] = {
    "beam_size": 5,
    "word_timestamps": True,
    # Whisper invents text for silence, and one invention leads to the next.
    "vad_filter": True,
    "vad_parameters": VOICE_ACTIVITY,
    "condition_on_previous_text": False,
}


@dataclass(frozen=True, slots=True)
class Word:
    """Text with start and end, in s, and Whisper's mean probability of its tokens."""

    start: float
    end: float
    text: str
    confidence: float


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
        translates: bool = False,
    ) -> Transcript:
        """Transcribe (samples,) at 16 kHz; the language is detected where it is not given.

        The language of the first stretch with speech is that of the rest. Temperature 0 means
        Whisper's own ladder of temperatures. `translates`: the text is English, whatever is
        spoken, and its words have the times of the speech that they are aligned with.
        """
        if language is not None and language not in self._model.supported_languages:
            raise BadRequest(f"The language {language!r} is not known; give a code such as 'en'.")
        ask = {
            "task": "translate" if translates else "transcribe",
            "initial_prompt": prompt,
            "temperature": temperature or TEMPERATURES,
        }
        texts, words = [], []
        spoken = language
        for start, stretch in stretches(samples):
            segments, info = self._model.transcribe(stretch, language=spoken, **ask, **OPTIONS)
            for segment in segments:
                texts.append(segment.text)
                words += [
                    Word(start + w.start, start + w.end, w.word, w.probability)
                    for w in segment.words or ()
                ]
                spoken = info.language
        return Transcript(
            text="".join(texts).strip(),
            language=ENGLISH if translates else spoken or info.language,
            words=tuple(whole_words(words)),
        )


def whole_words(pieces: Iterable[Word]) -> list[Word]:
    """Join what Whisper splits ("X", "-ray"; "420", ",000"), strip spaces, round to ms.

    A piece continues the word before it when it begins with neither a space nor a letter or
    digit; languages without spaces begin their words with letters. The least confidence of the
    pieces is that of the word.
    """
    words: list[Word] = []
    for piece in pieces:
        text, end, confidence = piece.text.strip(), round(piece.end, 3), round(piece.confidence, 3)
        if words and text and not piece.text[0].isspace() and not text[0].isalnum():
            least = min(words[-1].confidence, confidence)
            words[-1] = Word(words[-1].start, end, words[-1].text + text, least)
        elif text:
            words.append(Word(round(piece.start, 3), end, text, confidence))
    return words
