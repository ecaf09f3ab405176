"""Text → speech, one sentence at a time: Kokoro-82M in 8-bit integers.

Source: Kokoro-82M v1.0 (StyleTTS 2), ONNX export by kokoro-onnx; phonemes by hibari, a port of
misaki's English rules without espeak.
"""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
from hibari.g2p import G2P
from numpy.typing import NDArray

from cpu_engine.sessions import open_session
from cpu_engine.speech.engine_voices import Style, Voice, style_of
from cpu_engine.speech.sentences import LONGEST_PHONEMES, pieces

SAMPLE_RATE = 24000
# The model puts up to half a second of near silence around a sentence; this is what stays.
SILENCE = 0.005
LEAD_S = 0.025
TAIL_S = 0.050
PAUSE_S = 0.2
# Token 0 pads both ends.
PAD = 0

Audio = NDArray[np.float32]


class Speaker:
    """The speech model and the phonemes of two kinds of English."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._session = open_session(folder / "kokoro-v1.0.int8.onnx", threads)
        self._voices = folder / "voices"
        self._phonemes: dict[bool, G2P] = {}
        vocabulary = files("hibari").joinpath("assets/vocab.json").read_text(encoding="utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)

    def __call__(self, sentence: str, voice: Voice, speed: float) -> Audio:
        """Say one sentence: (samples,) at 24 kHz; empty when there is nothing to say."""
        style = style_of(voice, self._voices)
        spoken = [
            self._say(phonemes, style, speed)
            for phonemes in pieces(self._read(sentence, voice.british), LONGEST_PHONEMES)
            if any(sound.isalpha() for sound in phonemes)
        ]
        return np.concatenate(spoken) if spoken else np.zeros(0, np.float32)

    def _read(self, sentence: str, british: bool) -> str:
        if british not in self._phonemes:
            self._phonemes[british] = G2P(british=british)
        phonemes: str = self._phonemes[british](sentence)
        return "".join(sound for sound in phonemes if sound in self._tokens)

    def _say(self, phonemes: str, style: Style, speed: float) -> Audio:
        tokens = [self._tokens[sound] for sound in phonemes]
        (audio,) = self._session.run(
            None,
            {
                "tokens": np.array([[PAD, *tokens, PAD]], np.int64),
                "style": style[len(tokens) - 1][None],
                "speed": np.array([speed], np.float32),
            },
        )
        return trimmed(np.asarray(audio).ravel())


def trimmed(audio: Audio) -> Audio:
    """Cut the silence around a sentence and add the pause after it."""
    loud = np.flatnonzero(np.abs(audio) > SILENCE)
    if len(loud):
        first = max(0, loud[0] - round(LEAD_S * SAMPLE_RATE))
        audio = audio[first : loud[-1] + round(TAIL_S * SAMPLE_RATE)]
    return np.concatenate([audio, np.zeros(round(PAUSE_S * SAMPLE_RATE), np.float32)])
