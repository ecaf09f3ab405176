"""How alike fingerprints are: every speaker's to every known name, and to every other speaker.

Conventions
-----------
Similarities are cosines, from -1 to 1, and ``-inf`` where two cannot be compared: one of them is
missing, all zeros, or of another length.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from audio.merge.timeline import Fingerprint, Voices
from audio.merge.voices import comparable, unit

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
                np.maximum.at(table[row], columns, _cosines(fingerprint, known))
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


def _cosines(fingerprint: Fingerprint, known: Voices) -> Similarities:
    lengths = np.sqrt(np.einsum("ij,ij->i", known.vectors, known.vectors))
    products = known.vectors @ unit(fingerprint)
    nothing = np.full_like(products, -np.inf)
    cosines: Similarities = np.divide(products, lengths, out=nothing, where=lengths > 0)
    return cosines
