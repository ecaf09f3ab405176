"""The built-in engine's answers for a file, asked once and remembered."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from audio.merge.values import Diarization, Transcription, Turn, Word
from audio.merge.words.speaker_labels import label_transcription
from audio.pipeline.transcription import LABELLING

LONGEST_WAIT_S = 600.0
_SENTENCE_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Consecutive words up to the end of a sentence, of one speaker where speakers are known."""

    words: tuple[Word, ...]
    speaker: str | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def times(self) -> dict[str, float]:
        """Start and end, as answers name them."""
        return {"start": self.words[0].start, "end": max(word.end for word in self.words)}


class Heard:
    """The answers of the built-in engine about one file, which `folder` keeps."""

    def __init__(self, engine_url: str, content: bytes, folder: Path) -> None:
        self._url, self._content, self._folder, self._lock = engine_url, content, folder, Lock()
        self._answers: dict[str, dict[str, Any]] = {}

    def ask(self, path: str) -> dict[str, Any]:
        """Return the engine's own answer."""
        with self._lock:
            if path not in self._answers:
                self._answers[path] = self._read(path)
            return self._answers[path]

    def _read(self, path: str) -> dict[str, Any]:
        kept = self._folder / f"{path.rpartition('/')[2]}.json"
        if not kept.exists():
            files = {"file": ("audio", self._content)}
            response = httpx.post(self._url + path, files=files, timeout=LONGEST_WAIT_S)
            response.raise_for_status()
            self._folder.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(response.content)
        answer: dict[str, Any] = json.loads(kept.read_bytes())
        return answer

    @cached_property
    def transcription(self) -> dict[str, Any]:
        return self.ask("/v1/audio/transcriptions")

    @cached_property
    def words(self) -> list[Word]:
        return [Word(w["start"], w["end"], w["text"]) for w in self.transcription["words"]]

    @cached_property
    def turns(self) -> list[Turn]:
        segments = self.ask("/v1/audio/diarize")["segments"]
        return [Turn(one["start_s"], one["end_s"], one["speaker"]) for one in segments]

    @cached_property
    def speakers(self) -> list[str]:
        """The speaker of each word, as the gateway assigns them.

        An engine that answers both may do it worse; that would be its error, not the dialect's.
        """
        labels = tuple(dict.fromkeys(turn.speaker for turn in self.turns))
        diarization = Diarization(tuple(self.turns), labels)
        transcription = Transcription(self.transcription["text"], tuple(self.words))
        return list(label_transcription(diarization, transcription, rule=LABELLING).speakers)

    @cached_property
    def voice(self) -> list[float]:
        """The embedding of the speaker who talks most in a clip."""
        answer = self.ask("/v1/audio/diarize-chunk")
        seconds = dict.fromkeys(answer["fingerprints"], 0.0)
        for one in answer["segments"]:
            if one["speaker"] in seconds:
                seconds[one["speaker"]] += one["end_s"] - one["start_s"]
        embedding: list[float] = answer["fingerprints"][max(seconds, key=seconds.__getitem__)]
        return embedding

    @property
    def sentences(self) -> Iterator[Sentence]:
        return _sentences(self.words, [None] * len(self.words))

    @property
    def spoken_sentences(self) -> Iterator[Sentence]:
        """Sentences, also cut where the speaker changes."""
        return _sentences(self.words, self.speakers)


def _sentences(words: Sequence[Word], speakers: Sequence[str | None]) -> Iterator[Sentence]:
    begun = 0
    for at, word in enumerate(words):
        is_last = at + 1 == len(words) or speakers[at + 1] != speakers[at]
        if is_last or word.text.endswith(_SENTENCE_ENDS):
            yield Sentence(tuple(words[begun : at + 1]), speakers[at])
            begun = at + 1


class HeardFiles:
    """The answers about every file so far."""

    def __init__(self, engine_url: str, folder: Path) -> None:
        self._url, self._folder, self._lock = engine_url, folder, Lock()
        self._heard: dict[str, Heard] = {}

    def of(self, content: bytes) -> Heard:
        with self._lock:
            digest = hashlib.sha256(content).hexdigest()
            heard = Heard(self._url, content, self._folder / digest)
            return self._heard.setdefault(digest, heard)
