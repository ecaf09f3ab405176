"""One question with a known answer for each operation of an engine.

A wedged engine answers 500 to everything, a poisoned one 200 with a bad answer, and one that hangs
does not answer: only a real question shows the difference.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import jiwer
import numpy as np
from django.conf import settings

from audio.engines import failures, roles
from audio.engines.availability import as_probe
from audio.engines.dialects.dialect import ClipEmbedding
from audio.engines.dialects.speech_stream import Utterance
from audio.engines.engine_status import has_answered_since, url_of
from audio.engines.role_engine import RoleEngine
from audio.engines.role_settings import Role
from audio.media import temporary_files
from audio.media.chunk_files import rewritten
from audio.media.decoding import SAMPLE_RATE, DecodingUnavailable, UnusableAudio, sample_blocks
from audio.media.recording import Recording
from audio.merge.values import Diarization

Result = Literal["ok", "slow", "busy", "refused", "wrong", "failed", "timed_out", "unreachable"]
CLIP = Path(__file__).with_name("clip.flac")
CLIP_S = 2.57
CLIP_TEXT = "Turn on the light, then close the blinds."
MAX_WORD_ERROR_RATE = 0.34
WORD = "Hello."
MIN_SPEECH_S, MAX_SPEECH_S = 0.2, 10.0
# Root mean square of samples in [-1, 1]. Speech has about 0.05; dither of 16 bits 0.00002.
MIN_RMS = 0.001
# More than ten seconds of any format that has a header.
MAX_SPEECH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of a probe, its reason as a sentence, and how long it took in seconds.

    `answers_clients`: it is busy, and answered clients while the probe waited.
    """

    result: Result
    reason: str
    seconds: float
    answers_clients: bool = False


class WrongAnswer(Exception):
    """The engine's answer differs from the known one; the message is a sentence."""


class Loading(Exception):
    """The engine says that it is loading; the message is a sentence."""


def probe(engine: str) -> Probe:
    """Ask an engine the questions that it must be able to answer.

    An engine that answered clients while the probe waited is busy, not late.
    """
    started, began_at = time.monotonic(), time.time()
    try:
        with as_probe(settings.PROBE_TIMEOUT_S):
            _ask_in_every_role(engine)
    except (WrongAnswer, Loading, failures.EngineError, DecodingUnavailable, OSError) as error:
        result, reason = _result_of(error)
        seconds = time.monotonic() - started
        if result == "timed_out" and has_answered_since(engine, url_of(engine), began_at):
            return Probe("busy", "It answers clients, but not the probe in time.", seconds, True)
        return Probe(result, reason, seconds)
    seconds = time.monotonic() - started
    if seconds > settings.PROBE_SLOW_S:
        reason = f"It answered correctly, but in {seconds:.1f} s."
        return Probe("slow", reason, seconds)
    return Probe("ok", "It answered correctly.", seconds)


def check_words(text: str) -> None:
    """Refuse a transcript of the clip in which too many words are wrong.

    Raises
    ------
    WrongAnswer
    """
    if not text.strip():
        raise WrongAnswer("It found no words in the probe's recording.")
    wrong = jiwer.wer(CLIP_TEXT, text, reference_transform=_words(), hypothesis_transform=_words())
    if wrong > MAX_WORD_ERROR_RATE:
        raise WrongAnswer(f"It transcribed {wrong:.0%} of the probe's words wrongly.")


@cache
def _words() -> jiwer.Compose:
    """Return how a text is split; made for the first probe, from every character of Unicode."""
    return jiwer.Compose(
        [
            jiwer.ToLowerCase(),
            jiwer.RemovePunctuation(),  # type: ignore[no-untyped-call]
            jiwer.RemoveMultipleSpaces(),
            jiwer.Strip(),
            jiwer.ReduceToListOfListOfWords(),
        ]
    )


def check_turns(diarization: Diarization) -> None:
    """Refuse a diarization of the clip, in which one person talks, that has no turn.

    Raises
    ------
    WrongAnswer
    """
    if not diarization.turns:
        raise WrongAnswer("It found no speaker in the probe's recording.")


def check_embedding(found: ClipEmbedding | None) -> None:
    """Refuse a voice of the clip that has no usable embedding.

    Raises
    ------
    WrongAnswer
    """
    if found is None:
        raise WrongAnswer("It found no voice in the probe's recording.")
    if len(found.embedding) < 2 or not np.isfinite(found.embedding).all():
        raise WrongAnswer("Its embedding is not finite, or has fewer than 2 numbers.")
    if not found.embedding.any():
        raise WrongAnswer("Its embedding is all zeros.")


def check_embeddings(diarization: Diarization) -> None:
    """Refuse a diarization of the clip that has no usable embedding.

    Raises
    ------
    WrongAnswer
    """
    vectors = list(diarization.embeddings.values())
    if not diarization.turns or not vectors:
        raise WrongAnswer("It found no speaker in the probe's recording.")
    if len({len(vector) for vector in vectors}) > 1 or len(vectors[0]) < 2:
        raise WrongAnswer("Its embeddings differ in length, or have fewer than 2 numbers.")
    if not all(np.isfinite(vector).all() and vector.any() for vector in vectors):
        raise WrongAnswer("An embedding is not finite, or is all zeros.")


def check_speech(path: Path) -> None:
    """Refuse audio that cannot hold a spoken word.

    Raises
    ------
    WrongAnswer
    """
    try:
        samples = np.concatenate(list(sample_blocks(Recording(path))))
    except UnusableAudio as error:
        raise WrongAnswer("Its speech cannot be decoded.") from error
    seconds = len(samples) / SAMPLE_RATE
    if not MIN_SPEECH_S <= seconds <= MAX_SPEECH_S:
        raise WrongAnswer(f"It spoke one word for {seconds:.1f} s.")
    if not np.sqrt(np.mean(np.square(samples))) > MIN_RMS:
        raise WrongAnswer("Its speech is silent.")


def _ask_in_every_role(engine: str) -> None:
    """Ask an engine for what it does in its roles; one call answers for two where it can."""
    asked = {one.role: one for one in roles.engine_names()[engine]}
    _refuse_while_loading(next(iter(asked.values())))
    if "speech" in asked:
        _ask_for_speech(asked["speech"])
        return
    with _clip(asked) as clip:
        words, turns, voices = asked.get("words"), asked.get("turns"), asked.get("voices")
        if words and turns and roles.dialect_of(words).capabilities.one_call:
            _ask_for_both(words, clip, embeddings=voices is not None)
        else:
            if words:
                check_words(roles.dialect_of(words).transcribe(words, clip, {}).text)
            if turns:
                _ask_for_turns(turns, clip, embeddings=voices is not None)
        if voices and not (turns and roles.dialect_of(voices).capabilities.voices == "turns"):
            check_embedding(roles.dialect_of(voices).embed(voices, clip))


def _refuse_while_loading(one: RoleEngine) -> None:
    """Ask the health route of a foreign engine: it alone shows loading apart from a wrong model.

    That it is well proves nothing, so the engine is asked its questions all the same.
    """
    dialect = roles.dialect_of(one)
    if not dialect.is_foreign:
        return
    health = one.engine.health(dialect.capabilities.health_path)
    if health.is_loading:
        raise Loading(f"It is loading: {health.says}" if health.says else "It is loading.")


def _ask_for_both(words: RoleEngine, clip: Recording, *, embeddings: bool) -> None:
    dialect = roles.dialect_of(words)
    has_embeddings = embeddings and dialect.capabilities.voices == "turns"
    transcription, diarization = dialect.analyse(words, clip, {}, embeddings=has_embeddings)
    check_words(transcription.text)
    check_turns(diarization)
    if has_embeddings:
        check_embeddings(diarization)


def _ask_for_turns(turns: RoleEngine, clip: Recording, *, embeddings: bool) -> None:
    dialect = roles.dialect_of(turns)
    has_embeddings = embeddings and dialect.capabilities.voices == "turns"
    try:
        diarization = dialect.diarize(turns, clip, embeddings=has_embeddings)
    except failures.EngineRefused as refusal:
        # Some servers only transcribe.
        if refusal.status in (404, 405):
            return
        raise
    check_turns(diarization)
    if has_embeddings:
        check_embeddings(diarization)


@contextmanager
def _clip(asked: Mapping[Role, RoleEngine]) -> Iterator[Recording]:
    """Yield the recording of the probe, as WAV where an engine reads no other format."""
    clip = Recording(CLIP, CLIP.suffix, seconds=CLIP_S)
    if any(roles.dialect_of(one).capabilities.wav_only for one in asked.values()):
        with rewritten(clip) as wav:
            yield wav
        return
    yield clip


def _ask_for_speech(speech: RoleEngine) -> None:
    utterance = Utterance(WORD, settings.DEFAULT_VOICE, "wav", {})
    deadline = time.monotonic() + settings.PROBE_TIMEOUT_S
    with tempfile.NamedTemporaryFile(suffix=".wav", dir=temporary_files.folder()) as file:
        with closing(roles.dialect_of(speech).speak(speech, utterance)) as stream:
            for block in stream:
                file.write(block)
                if file.tell() > MAX_SPEECH_BYTES:
                    raise WrongAnswer("It does not stop speaking one word.")
                if time.monotonic() > deadline:
                    raise failures.EngineTimedOut("It took too long to speak one word.")
        file.flush()
        check_speech(Path(file.name))


def _result_of(error: Exception) -> tuple[Result, str]:
    match error:
        case DecodingUnavailable() | OSError():
            return "busy", "This machine has no room to probe it."
        case WrongAnswer():
            return "wrong", str(error)
        case failures.EngineNonsense():
            return "wrong", "Its answer is not what the contract says."
        case failures.EngineFailed():
            return "failed", "It answers 500."
        case failures.EngineTimedOut():
            return "timed_out", f"It did not answer within {settings.PROBE_TIMEOUT_S:.0f} s."
        case failures.EngineRefused(status=429 | 503) | failures.EngineBusy():
            return "busy", "It is too busy to be probed."
        case failures.EngineUnreachable():
            return "unreachable", "It cannot be reached."
    return _refusal_of(error)


def _refusal_of(error: Exception) -> tuple[Result, str]:
    match error:
        case Loading():
            return "busy", str(error)
        case failures.EngineRefusedKey():
            return "refused", "It refuses the gateway's key."
        case failures.EngineMisconfigured():
            return "refused", f"It lacks what the settings ask of it: {error}"
        case failures.EngineRefused():
            return "refused", f"It refuses the probe with {error.status}."
    return "unreachable", "It cannot be reached."
