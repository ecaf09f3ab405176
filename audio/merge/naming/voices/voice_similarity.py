"""The similarity of embeddings to known voices, and to each other.

Conventions
-----------
Similarities are cosines, from -1 to 1; the scale of an embedding carries no meaning. A zero vector
is similar to no voice, and embeddings of different length are never compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.values import Embedding, Notice, Voices

# Cosines of equal directions at different scales differ by less than this.
NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Match:
    """The known voice nearest to an embedding, and its cosine."""

    name: str
    similarity: float


def find_nearest_voices(
    embeddings: Mapping[str, Embedding], libraries: Sequence[Voices]
) -> dict[str, Match]:
    """Find the known voice nearest to each embedding.

    Several rows of one name are one person: the best row counts. Ties go to the first row of the
    first library.

    Parameters
    ----------
    embeddings
        By speaker, each of shape ``(dimension,)``.
    libraries
        Known voices. One of another dimension is skipped.

    Returns
    -------
    dict
        By speaker: a match, at any similarity, for each that can be compared; else no entry.

    Raises
    ------
    ValueError
        When a library's rows and names differ in number.

    Examples
    --------
    >>> known = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> find_nearest_voices({"Speaker_0": np.array([0.0, 5.0])}, [known])
    {'Speaker_0': Match(name='Bob', similarity=1.0)}

    """
    best: dict[str, Match] = {}
    for voices in libraries:
        for speaker, match in _nearest_in(voices, embeddings).items():
            if speaker not in best or match.similarity > best[speaker].similarity + NOISE:
                best[speaker] = match
    return best


def check_dimensions(embeddings: Iterable[Embedding], voices: Voices) -> tuple[Notice, ...]:
    """Return a warning where known voices were skipped because of their dimension.

    Parameters
    ----------
    embeddings
        Those of the recording, each of shape ``(dimension,)``.
    voices
        Known voices.

    Returns
    -------
    tuple of Notice
        One notice; empty when all could be compared, or without known voices.

    """
    skipped = [one for one in embeddings if voices.names and not is_comparable(one, voices)]
    if not skipped:
        return ()
    return (
        Notice(
            "voiceprints_skipped",
            f"The known voiceprints have {voices.vectors.shape[1]} numbers, this recording's "
            f"embeddings {len(skipped[0])}: they were not compared.",
        ),
    )


def is_comparable(embedding: Embedding, voices: Voices) -> bool:
    """Return whether the embedding has the dimension of the known voices; False without any."""
    return bool(voices.names) and voices.vectors.shape[1:] == embedding.shape


def similarities(embedding: Embedding, voices: Voices) -> list[float]:
    """Compute the cosine of each known voice to an embedding.

    Parameters
    ----------
    embedding
        Shape ``(dimension,)``.
    voices
        Known voices.

    Returns
    -------
    list of float
        Cosines, one per row; empty where nothing can be compared: no known voice, another
        dimension, or a zero embedding. The cosine to a zero row is ``-inf``.

    """
    if not is_comparable(embedding, voices) or not embedding.any():
        return []
    cosines: list[float] = _cosines(embedding[np.newaxis], voices)[0].tolist()
    return cosines


def unit(vector: Embedding) -> Embedding:
    """Scale a vector to length 1.

    Parameters
    ----------
    vector
        Shape ``(dimension,)``, any scale.

    Returns
    -------
    NDArray
        The vector at length 1; a zero vector is unchanged.

    Examples
    --------
    >>> unit(np.array([3.0, 4.0]))
    array([0.6, 0.8])

    """
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _nearest_in(voices: Voices, embeddings: Mapping[str, Embedding]) -> dict[str, Match]:
    if voices.vectors.ndim != 2 or len(voices.vectors) != len(voices.names):
        raise ValueError(
            f"one row per name, got vectors of shape {voices.vectors.shape} "
            f"for {len(voices.names)} names"
        )
    speakers = [
        speaker
        for speaker, embedding in embeddings.items()
        if is_comparable(embedding, voices) and embedding.any()
    ]
    if not speakers:
        return {}
    similarities = _cosines(np.stack([embeddings[speaker] for speaker in speakers]), voices)
    highest = similarities.max(axis=1)
    first = np.argmax(similarities >= highest[:, np.newaxis] - NOISE, axis=1)
    found = zip(speakers, first.tolist(), highest.tolist(), strict=True)
    return {
        speaker: Match(voices.names[row], similarity)
        for speaker, row, similarity in found
        if similarity > -np.inf
    }


def _cosines(embeddings: NDArray[np.float64], voices: Voices) -> NDArray[np.float64]:
    """Return cosines of shape ``(embeddings, voices)``, ``-inf`` to zero vectors.

    The products are divided by the lengths of the rows: a copy of 100 000 unit rows would take
    150 MB.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", voices.vectors, voices.vectors))
    rows = np.apply_along_axis(unit, 1, embeddings)
    products = rows @ voices.vectors.T
    incomparable = np.full_like(products, -np.inf)
    cosines: NDArray[np.float64] = np.divide(
        products, lengths, out=incomparable, where=lengths > 0
    )
    return cosines


Similarities = NDArray[np.float64]


def compare_with_voices(
    speakers: Sequence[str], embeddings: Mapping[str, Embedding], libraries: Sequence[Voices]
) -> tuple[tuple[str, ...], Similarities]:
    """Compute the similarity of each speaker to each known name.

    Several rows of one name are one person: the best row counts.

    Parameters
    ----------
    speakers
        The rows of the table.
    embeddings
        By speaker, each of shape ``(dimension,)``; some may be missing.
    libraries
        Known voices; one of another dimension is skipped.

    Returns
    -------
    tuple
        The names in the order of the libraries, and cosines of shape ``(speakers, names)``,
        ``-inf`` where nothing can be compared.

    Examples
    --------
    >>> known = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> compare_with_voices(["Speaker_0"], {"Speaker_0": np.array([3.0, 4.0])}, [known])
    (('Ann', 'Bob'), array([[0.6, 0.8]]))

    """
    columns_by_name: dict[str, int] = {}
    columns_of = [
        [columns_by_name.setdefault(name, len(columns_by_name)) for name in known.names]
        for known in libraries
    ]
    table = np.full((len(speakers), len(columns_by_name)), -np.inf)
    for known, columns in zip(libraries, columns_of, strict=True):
        for row, speaker in enumerate(speakers):
            embedding = embeddings.get(speaker)
            if embedding is not None and embedding.any() and is_comparable(embedding, known):
                np.maximum.at(table[row], columns, _cosines_to_one(embedding, known))
    return tuple(columns_by_name), table


def compare_speakers(speakers: Sequence[str], embeddings: Mapping[str, Embedding]) -> Similarities:
    """Compute the similarity of each two speakers of one recording.

    Returns
    -------
    NDArray
        Cosines of shape ``(speakers, speakers)``; 1 on the diagonal, also for a speaker without an
        embedding.

    """
    table = np.full((len(speakers), len(speakers)), -np.inf)
    for column, speaker in enumerate(speakers):
        if speaker in embeddings:
            known = Voices((speaker,), embeddings[speaker][np.newaxis])
            table[:, column] = compare_with_voices(speakers, embeddings, [known])[1][:, 0]
    np.fill_diagonal(table, 1.0)
    return table


def _cosines_to_one(embedding: Embedding, known: Voices) -> Similarities:
    lengths = np.sqrt(np.einsum("ij,ij->i", known.vectors, known.vectors))
    products = known.vectors @ unit(embedding)
    incomparable = np.full_like(products, -np.inf)
    cosines: Similarities = np.divide(products, lengths, out=incomparable, where=lengths > 0)
    return cosines
