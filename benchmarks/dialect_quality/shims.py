"""Shims: the built-in engine's answers in the shape of each dialect, over HTTP."""

import io
import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from multipart import MultipartParser, parse_options_header

from audio.merge.values import Word
from benchmarks.dialect_quality.heard import Heard, HeardFiles, Sentence

Body = dict[str, Any]
Answer = Callable[[Heard, Mapping[str, str]], Body]


def _timed(word: Word, key: str = "word", before: str = "") -> Body:
    return {key: before + word.text, "start": word.start, "end": word.end}


def _segment(sentence: Sentence, **more: object) -> Body:
    return {**sentence.times, "text": f" {sentence.text}", **more}


def _text(heard: Heard) -> str:
    text: str = heard.transcription["text"]
    return text


def openai_words(heard: Heard, _: Mapping[str, str]) -> Body:
    segments = [_segment(one, no_speech_prob=0.01) for one in heard.sentences]
    words = [_timed(word) for word in heard.words]
    return {"text": _text(heard), "language": "english", "segments": segments, "words": words}


def openai_segments(heard: Heard, _: Mapping[str, str]) -> Body:
    return {**openai_words(heard, _), "words": None}


def openai_text(heard: Heard, _: Mapping[str, str]) -> Body:
    return {"text": _text(heard)}


def whisper_cpp(heard: Heard, _: Mapping[str, str]) -> Body:
    segments = [
        _segment(one, words=[piece for word in one.words for piece in _pieces(word)])
        for one in heard.sentences
    ]
    return {"text": _text(heard), "language": "english", "segments": segments}


def _pieces(word: Word) -> Iterator[Body]:
    """Yield a word in two tokens, as a model with a small vocabulary spells it."""
    half = len(word.text) // 2
    middle = (word.start + word.end) / 2
    if half < 2:
        yield _timed(word, before=" ")
        return
    yield {"word": f" {word.text[:half]}", "start": word.start, "end": middle}
    yield {"word": word.text[half:], "start": middle, "end": word.end}


def diarized(heard: Heard, _: Mapping[str, str]) -> Body:
    spoken = heard.spoken_sentences
    return {
        "text": _text(heard),
        "segments": [_segment(one, speaker=one.speaker) for one in spoken],
    }


def moss_text(heard: Heard, _: Mapping[str, str]) -> Body:
    labels = {label: f"S{number:02}" for number, label in enumerate(dict.fromkeys(heard.speakers))}
    pieces = (
        f"[{one.times['start']:.2f}][{labels[str(one.speaker)]}]{one.text}[{one.times['end']:.2f}]"
        for one in heard.spoken_sentences
    )
    return {"text": "".join(pieces)}


def localai_words(heard: Heard, _: Mapping[str, str]) -> Body:
    words = [_timed(word, "text") for word in heard.words]
    return {"text": _text(heard), "words": words, "segments": []}


def turns(heard: Heard, _: Mapping[str, str]) -> Body:
    segments = [{"start": t.start, "end": t.end, "speaker": t.speaker} for t in heard.turns]
    return {"segments": segments}


def localai_voice(heard: Heard, fields: Mapping[str, str]) -> Body:
    return {"embedding": heard.voice, "dim": len(heard.voice), "model": fields["model"]}


def speaches_voice(heard: Heard, _: Mapping[str, str]) -> Body:
    return {"object": "list", "data": [{"index": 0, "embedding": heard.voice}]}


def asr(heard: Heard, fields: Mapping[str, str]) -> Body:
    if "diarize" not in fields:
        words = [
            _segment(s, words=[_timed(w, before=" ") for w in s.words]) for s in heard.sentences
        ]
        return {"text": _text(heard), "language": "en", "segments": words}
    segments = [
        _segment(
            one,
            speaker=one.speaker,
            words=[_timed(word) | {"speaker": one.speaker} for word in one.words],
        )
        for one in heard.spoken_sentences
    ]
    return {"segments": segments, "language": "en"}


def nemo_words(heard: Heard, fields: Mapping[str, str]) -> Body:
    words = [_timed(word) for word in heard.words]
    if "diarization" in fields:
        labels = list(dict.fromkeys(heard.speakers))
        numbers = [labels.index(speaker) + 1 for speaker in heard.speakers]
        words = [w | {"speaker": n} for w, n in zip(words, numbers, strict=True)]
    return {"text": _text(heard), "language": "en-US", "words": words}


def nemo_turns(heard: Heard, fields: Mapping[str, str]) -> Body:
    segments = turns(heard, fields)["segments"]
    labels = list(dict.fromkeys(one["speaker"] for one in segments))
    return {"segments": [one | {"speaker": labels.index(one["speaker"]) + 1} for one in segments]}


TRANSCRIBE = "/v1/audio/transcriptions"
DIARIZE = "/v1/audio/diarization"
ROUTES: Mapping[str, Answer] = {
    f"/openai{TRANSCRIBE}": openai_words,
    f"/segments{TRANSCRIBE}": openai_segments,
    f"/text{TRANSCRIBE}": openai_text,
    "/whisper.cpp/inference": whisper_cpp,
    f"/diarized{TRANSCRIBE}": diarized,
    f"/moss{TRANSCRIBE}": moss_text,
    f"/localai{TRANSCRIBE}": localai_words,
    f"/localai{DIARIZE}": turns,
    "/localai/v1/voice/embed": localai_voice,
    f"/speaches{TRANSCRIBE}": openai_words,
    f"/speaches{DIARIZE}": turns,
    "/speaches/v1/audio/speech/embedding": speaches_voice,
    "/asr/asr": asr,
    f"/nemo{TRANSCRIBE}": nemo_words,
    "/nemo/v1/audio/diarizations": nemo_turns,
}
# The built-in engine's own contract, so that its answers are remembered too.
NATIVE = ("/v1/audio/transcriptions", "/v1/audio/diarize", "/v1/audio/diarize-chunk")


@dataclass(frozen=True, slots=True)
class _Request:
    """The recording of a request, and its fields and its query."""

    file: bytes
    fields: Mapping[str, str]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: else the second waits 40 ms for the first one's receipt.
    wbufsize = -1
    disable_nagle_algorithm = True
    files: HeardFiles

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        request = self._read()
        heard = self.files.of(request.file)
        native = parts.path.removeprefix("/native")
        if native in NATIVE:
            self._send(heard.ask(native))
        elif parts.path in ROUTES:
            self._send(ROUTES[parts.path](heard, {**request.fields, **query}))
        else:
            self._send({"detail": "Not Found"}, 404)

    def do_GET(self) -> None:
        self._send({})

    def _read(self) -> _Request:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind, options = parse_options_header(self.headers["Content-Type"])
        if kind == "application/json":
            sent = json.loads(body)
            return _Request(b64decode(sent.pop("audio").partition(",")[2]), sent)
        size = len(body) + 1
        parser = MultipartParser(
            io.BytesIO(body), options["boundary"], spool_limit=size, memory_limit=size
        )
        parts = list(parser)
        file = next(part.raw for part in parts if part.filename)
        return _Request(file, {part.name: part.value for part in parts if not part.filename})

    def _send(self, body: Body, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def running_shims(engine_url: str, heard: Path) -> Iterator[str]:
    """Serve the shims of all dialects for the block, with answers kept in `heard`."""

    class Handler(_Handler):
        files = HeardFiles(engine_url, heard)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
