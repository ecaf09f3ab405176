"""The embeddings of a recording's names, and the known voices to compare with."""

from collections.abc import Iterable, Sequence

import numpy as np

from audio.merge.diarized_speakers import speaking_time
from audio.merge.naming.voices.voice_similarity import is_comparable, unit
from audio.merge.values import NO_VOICES, Embedding, NamedSpeaker, Turn, Voices


def candidate_voices(voices: Voices, mic: NamedSpeaker | None) -> list[Voices]:
    """Return the known voices, and the local user's own where no known voice has that name."""
    if mic is None or known_embedding(voices, mic) is not None:
        return [voices]
    return [voices, _voices_of(mic)]


def known_embedding(voices: Voices, mic: NamedSpeaker) -> Embedding | None:
    """Return the embedding that the known voices already have of the local user.

    Parameters
    ----------
    voices
        Known voices; the first row with the user's name counts.
    mic
        The local user as the mic track gives it.

    Returns
    -------
    NDArray or None
        Shape ``(dimension,)``. None when the name is not known, or its vector cannot be compared
        with the mic track's.

    """
    if mic.name not in voices.names:
        return None
    if mic.embedding is not None and not is_comparable(mic.embedding, voices):
        return None
    known: Embedding = voices.vectors[voices.names.index(mic.name)]
    return known


def embeddings_by_name(
    named: Iterable[NamedSpeaker], turns: Sequence[Turn]
) -> dict[str, Embedding]:
    """Return one embedding for each name of a recording.

    Parameters
    ----------
    named
        Speakers and their names; a speaker without an embedding adds none.
    turns
        Turns by label, in seconds: the weights where several speakers have one name.

    Returns
    -------
    dict
        By name, in the order of ``named``. A name of one speaker has the embedding as the engine
        gave it; a name of several has their average, weighted by speaking time, at length 1.

    Examples
    --------
    >>> split = [NamedSpeaker(label, "Ann", "visual", vector) for label, vector in
    ...          [("Speaker_0", np.array([1.0, 0.0])), ("Speaker_1", np.array([0.0, 9.0]))]]
    >>> embeddings_by_name(split, [Turn(0.0, 4.0, "Speaker_0"), Turn(4.0, 7.0, "Speaker_1")])
    {'Ann': array([0.8, 0.6])}

    """
    groups: dict[str, list[tuple[Embedding, float]]] = {}
    seconds = speaking_time(turns)
    for speaker in named:
        if speaker.embedding is not None:
            weighted = (speaker.embedding, seconds.get(speaker.speaker, 0.0))
            groups.setdefault(speaker.name, []).append(weighted)
    return {name: _average(members) for name, members in groups.items()}


def _voices_of(mic: NamedSpeaker) -> Voices:
    if mic.embedding is None:
        return NO_VOICES
    return Voices((mic.name,), mic.embedding[np.newaxis])


def _average(members: Sequence[tuple[Embedding, float]]) -> Embedding:
    """Return the average direction of the embeddings as long as the first; one is unchanged."""
    first = members[0][0]
    if len(members) == 1:
        return first
    same_length = [(vector, weight) for vector, weight in members if vector.shape == first.shape]
    weights = np.array([weight for _, weight in same_length])
    if not weights.any():
        weights = np.ones(len(same_length))
    return unit(weights @ np.stack([unit(vector) for vector, _ in same_length]))
