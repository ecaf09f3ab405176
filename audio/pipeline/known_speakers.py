"""The speakers that a client expects, and their names for the speakers of a recording."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from audio.engines import roles
from audio.library import find_voices
from audio.media import decoding
from audio.media.decoding import UnusableAudio
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speaking_time
from audio.merge.name_spelling import name_key
from audio.merge.naming.voices.open_set_identification import OpenSetRule, identify
from audio.merge.values import NO_VOICES, Diarization, Embedding, Notice, Voices
from audio.pipeline.analysis.analysis_work import AnalysisRequest
from audio.pipeline.analysis.parallel_calls import MAX_PARALLEL, call_in_parallel, hold_slots
from audio.pipeline.analysis.recording_analysis import analyse

# An embedding of less speech is often wrong; more than a minute adds nothing.
SHORTEST_REFERENCE_S = 1.5
LONGEST_REFERENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class KnownSpeakers:
    """The speakers that a client expects: `references[i]` is a recording of `names[i]`.

    Without references the stored library is searched for the voices of these names, on behalf of
    `reader`, the name of a key.
    """

    names: tuple[str, ...] = ()
    references: tuple[Recording, ...] = ()
    reader: str = ""


def check_references(references: Sequence[Recording]) -> None:
    """Refuse references of a wrong length before any engine works for them.

    Raises
    ------
    UnusableAudio
    """
    for reference in references:
        seconds = 0.0
        for block in decoding.sample_blocks(reference):
            seconds += len(block) / decoding.SAMPLE_RATE
            if seconds > LONGEST_REFERENCE_S:
                break
        if not SHORTEST_REFERENCE_S <= seconds <= LONGEST_REFERENCE_S:
            raise UnusableAudio(
                reference.field,
                f"expected {SHORTEST_REFERENCE_S:g} to {LONGEST_REFERENCE_S:g} s of one voice "
                f"(2 to 10 s are best), got {_length_text(seconds)}.",
            )


@contextmanager
def reference_embeddings(known: KnownSpeakers) -> Iterator[list[Embedding]]:
    """Yield the embedding of each reference's voice; inside the block its slots are held.

    References are heard before the recording is sent: an engine that works on one recording at a
    time would be late for them, and a reference without a voice is refused before the long work.

    Raises
    ------
    EngineError, UnusableAudio
    """
    if not known.references:
        yield []
        return
    with hold_slots(["words", "turns", "voices"], MAX_PARALLEL):
        heard = analyse(
            *(
                AnalysisRequest(recording=reference, speakers="embeddings")
                for reference in known.references
            )
        )
        found = zip(known.references, heard, strict=True)
        yield [voice_of(reference, one.diarization) for reference, one in found]


def voice_of(reference: Recording, diarization: Diarization) -> Embedding:
    """Return the embedding of the speaker who talks longest in a recording.

    Raises
    ------
    UnusableAudio
    """
    seconds = speaking_time(diarization.turns)
    found = sorted(diarization.embeddings, key=lambda label: seconds.get(label, 0.0))
    if not found:
        raise UnusableAudio(reference.field, "no voice was found in it.")
    return diarization.embeddings[found[-1]]


def known_names(
    diarization: Diarization, known: KnownSpeakers, embeddings: Sequence[Embedding]
) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """Return the name of each speaker whose voice is known, and warnings.

    Unknown speakers are missing; all are unknown while the stored library is unavailable.
    """
    voices, warnings = (
        (_voices(known.names, embeddings), ())
        if embeddings
        else _stored_voices(diarization, known)
    )
    rule = OpenSetRule(voices.threshold, voices.margin)
    found = {
        label: identify(embedding, voices, rule=rule).name
        for label, embedding in diarization.embeddings.items()
    }
    return {label: name for label, name in found.items() if name is not None}, warnings


def known_voice(clip: Recording, *, reader: str) -> tuple[str | None, tuple[Notice, ...]]:
    """Return the name that the stored library has for the voice in a clip, and warnings.

    There is no name while the library is unavailable.

    Raises
    ------
    EngineError
    """
    [found] = call_in_parallel(["voices"], partial(roles.embed, clip))
    if found is None:
        return None, ()
    voices, warnings = find_voices(found.space, {"voice": found.embedding}, asked_by=reader)
    rule = OpenSetRule(voices.threshold, voices.margin)
    return identify(found.embedding, voices, rule=rule).name, warnings


def _voices(names: tuple[str, ...], embeddings: Sequence[Embedding]) -> Voices:
    if len({len(one) for one in embeddings}) > 1:
        raise roles.configured("voices").pool.first.bad_answer("its fingerprints differ in length")
    return Voices(names, np.stack(embeddings))


def _stored_voices(
    diarization: Diarization, known: KnownSpeakers
) -> tuple[Voices, tuple[Notice, ...]]:
    """Return the stored voices of the expected people, as the client spells their names."""
    if not known.names:
        return NO_VOICES, ()
    spellings = {name_key(name): name for name in known.names}
    space = diarization.models.get("embedding", "")
    stored, warnings = find_voices(space, diarization.embeddings, asked_by=known.reader)
    rows = [row for row, name in enumerate(stored.names) if name_key(name) in spellings]
    chosen = tuple(spellings[name_key(stored.names[row])] for row in rows)
    return Voices(chosen, stored.vectors[rows], stored.space), warnings


def _length_text(seconds: float) -> str:
    return "more" if seconds > LONGEST_REFERENCE_S else f"{seconds:.1f} s"
