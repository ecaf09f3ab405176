"""Which known voice a fingerprint sounds like.

Conventions
-----------
Similarities are cosines, from -1 to 1; the scale of a fingerprint carries
no meaning. A zero vector sounds like nobody, and fingerprints of different length are never
compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.values import Fingerprint, Notice, Voices

# Equal directions of different scale differ by less than this in their cosine.
NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Match:
    """The known voice nearest to a fingerprint."""

    name: str
    similarity: float


def nearest_voices(
    fingerprints: Mapping[str, Fingerprint], libraries: Sequence[Voices]
) -> dict[str, Match]:
    """Tell which known voice is nearest to each fingerprint.

    Several rows of one name are one person: the best row counts. Ties go to the first row of the
    first library.

    Parameters
    ----------
    fingerprints
        By speaker, each of shape ``(dimension,)``.
    libraries
        Known voices. One of another dimension is passed over.

    Returns
    -------
    dict
        A match for every speaker that can be compared with anything, whatever the similarity.

    Raises
    ------
    ValueError
        When a library's rows and names differ in number.

    Examples
    --------
    >>> known = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> nearest_voices({"Speaker_0": np.array([0.0, 5.0])}, [known])
    {'Speaker_0': Match(name='Bob', similarity=1.0)}

    """
    best: dict[str, Match] = {}
    for voices in libraries:
        for speaker, match in _nearest_in(voices, fingerprints).items():
            if speaker not in best or match.similarity > best[speaker].similarity + NOISE:
                best[speaker] = match
    return best


def skipped_voices(fingerprints: Iterable[Fingerprint], voices: Voices) -> tuple[Notice, ...]:
    """Tell whether known voices were passed over because of their length.

    Parameters
    ----------
    fingerprints
        Those of the recording, each of shape ``(dimension,)``.
    voices
        Known voices.

    Returns
    -------
    tuple of Notice
        One notice, or none when all could be compared or there are no known voices.

    """
    skipped = [one for one in fingerprints if voices.names and not comparable(one, voices)]
    if not skipped:
        return ()
    return (
        Notice(
            "voiceprints_skipped",
            f"The known voiceprints have {voices.vectors.shape[1]} numbers, this recording's "
            f"fingerprints {len(skipped[0])}: they were not compared.",
        ),
    )


def comparable(fingerprint: Fingerprint, voices: Voices) -> bool:
    """Tell whether a fingerprint is as long as the known ones; without any it is not."""
    return bool(voices.names) and voices.vectors.shape[1:] == fingerprint.shape


def similarities(fingerprint: Fingerprint, voices: Voices) -> list[float]:
    """Tell how near each known voice is to a fingerprint.

    Parameters
    ----------
    fingerprint
        Shape ``(dimension,)``.
    voices
        Known voices.

    Returns
    -------
    list of float
        Cosines, one per row; empty where nothing can be compared: no known voice, another
        dimension, or a zero fingerprint. To a zero row it is ``-inf``.

    """
    if not comparable(fingerprint, voices) or not fingerprint.any():
        return []
    cosines: list[float] = _cosines(fingerprint[np.newaxis], voices)[0].tolist()
    return cosines


def unit(vector: Fingerprint) -> Fingerprint:
    """Tell the direction of a vector.

    Parameters
    ----------
    vector
        Shape ``(dimension,)``, any scale.

    Returns
    -------
    NDArray
        The vector at length 1; a zero vector stays zero.

    Examples
    --------
    >>> unit(np.array([3.0, 4.0]))
    array([0.6, 0.8])

    """
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _nearest_in(voices: Voices, fingerprints: Mapping[str, Fingerprint]) -> dict[str, Match]:
    if voices.vectors.ndim != 2 or len(voices.vectors) != len(voices.names):
        raise ValueError(
            f"one row per name, got vectors of shape {voices.vectors.shape} "
            f"for {len(voices.names)} names"
        )
    speakers = [
        speaker
        for speaker, fingerprint in fingerprints.items()
        if comparable(fingerprint, voices) and fingerprint.any()
    ]
    if not speakers:
        return {}
    similarities = _cosines(np.stack([fingerprints[speaker] for speaker in speakers]), voices)
    highest = similarities.max(axis=1)
    first = np.argmax(similarities >= highest[:, np.newaxis] - NOISE, axis=1)
    found = zip(speakers, first.tolist(), highest.tolist(), strict=True)
    return {
        speaker: Match(voices.names[row], similarity)
        for speaker, row, similarity in found
        if similarity > -np.inf
    }


def _cosines(fingerprints: NDArray[np.float64], voices: Voices) -> NDArray[np.float64]:
    """Return similarities of shape ``(fingerprints, voices)``, ``-inf`` to zero vectors.

    The lengths of the rows are divided out afterwards: a copy of 100 000 unit rows would cost 150
    MB.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", voices.vectors, voices.vectors))
    rows = np.apply_along_axis(unit, 1, fingerprints)
    products = rows @ voices.vectors.T
    nothing = np.full_like(products, -np.inf)
    cosines: NDArray[np.float64] = np.divide(products, lengths, out=nothing, where=lengths > 0)
    return cosines


Similarities = NDArray[np.float64]


def voice_table(
    speakers: Sequence[str], fingerprints: Mapping[str, Fingerprint], libraries: Sequence[Voices]
) -> tuple[tuple[str, ...], Similarities]:
    """Tell how alike each speaker is to each known name.

    Several rows of one name are one person: the best row counts.

    Parameters
    ----------
    speakers
        The rows of the table.
    fingerprints
        By speaker, each of shape ``(dimension,)``; some may be missing.
    libraries
        Known voices; one of another dimension is passed over.

    Returns
    -------
    tuple
        The names in the order of the libraries, and cosines of shape ``(speakers, names)``.

    Examples
    --------
    >>> known = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> voice_table(["Speaker_0"], {"Speaker_0": np.array([3.0, 4.0])}, [known])
    (('Ann', 'Bob'), array([[0.6, 0.8]]))

    """
    places: dict[str, int] = {}
    rows = [[places.setdefault(name, len(places)) for name in known.names] for known in libraries]
    table = np.full((len(speakers), len(places)), -np.inf)
    for known, columns in zip(libraries, rows, strict=True):
        for row, speaker in enumerate(speakers):
            fingerprint = fingerprints.get(speaker)
            if fingerprint is not None and fingerprint.any() and comparable(fingerprint, known):
                np.maximum.at(table[row], columns, _cosines_to_one(fingerprint, known))
    return tuple(places), table


def speaker_table(
    speakers: Sequence[str], fingerprints: Mapping[str, Fingerprint]
) -> Similarities:
    """Tell how alike the speakers of one recording are.

    Returns
    -------
    NDArray
        Cosines of shape ``(speakers, speakers)``, 1 on the diagonal also for a speaker without
        fingerprint.

    """
    table = np.full((len(speakers), len(speakers)), -np.inf)
    for column, speaker in enumerate(speakers):
        if speaker in fingerprints:
            known = Voices((speaker,), fingerprints[speaker][np.newaxis])
            table[:, column] = voice_table(speakers, fingerprints, [known])[1][:, 0]
    np.fill_diagonal(table, 1.0)
    return table


def _cosines_to_one(fingerprint: Fingerprint, known: Voices) -> Similarities:
    lengths = np.sqrt(np.einsum("ij,ij->i", known.vectors, known.vectors))
    products = known.vectors @ unit(fingerprint)
    nothing = np.full_like(products, -np.inf)
    cosines: Similarities = np.divide(products, lengths, out=nothing, where=lengths > 0)
    return cosines
