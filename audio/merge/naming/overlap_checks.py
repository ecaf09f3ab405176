"""The warnings of rule ``overlap``: what a reader should know of names that it gives all the same.

Conventions
-----------
Similarities are cosines. Messages contain labels of speakers, never names.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from audio.merge.name_spelling import name_key
from audio.merge.naming.acceptance import lead
from audio.merge.naming.overlap import OverlapRule
from audio.merge.naming.voices.name_embeddings import candidate_voices
from audio.merge.naming.voices.voice_similarity import NOISE, compare_with_voices
from audio.merge.values import Diarization, NamedSpeaker, Notice, Voices

WEAK_SHARE = 0.5


def check_overlap(
    named: Sequence[NamedSpeaker],
    diarization: Diarization,
    voices: Voices,
    *,
    rule: OverlapRule,
    mic: NamedSpeaker | None = None,
) -> tuple[Notice, ...]:
    """Return the warnings about names that rule ``overlap`` gave.

    Parameters
    ----------
    named
        The speakers from `name_by_overlap`.
    diarization, voices, rule, mic
        What they were named by.

    Returns
    -------
    tuple of Notice
        ``weak_timeline`` for names that are shown for less than half of the speaker's time, and
        ``voice_disagrees`` where a known voice, over threshold and margin and nearest to this
        speaker, has another name; each at most once.

    """
    shown = [one for one in named if one.source == "visual"]
    known = candidate_voices(voices, mic)
    return (*_check_shares(shown), *_check_voices(shown, diarization, known, rule))


def _check_shares(shown: Iterable[NamedSpeaker]) -> Iterator[Notice]:
    weak = [one.speaker for one in shown if (one.overlap_confidence or 0.0) < WEAK_SHARE]
    if weak:
        yield Notice(
            "weak_timeline",
            "The timeline shows the name for less than half of the speaker's time: "
            f"{', '.join(weak)}.",
        )


def _check_voices(
    shown: Iterable[NamedSpeaker],
    diarization: Diarization,
    known: Sequence[Voices],
    rule: OverlapRule,
) -> Iterator[Notice]:
    labels = tuple(diarization.embeddings)
    names, table = compare_with_voices(labels, diarization.embeddings, known)
    # A voice that another speaker of the recording is nearer to says nothing about this one.
    counting = (
        (table >= rule.voiceprint_threshold - NOISE)
        & (lead(np.maximum(table, -1.0)) >= rule.min_margin - NOISE)
        & (table >= table.max(axis=0, initial=-np.inf) - NOISE)
    )
    said = {label: np.flatnonzero(row) for label, row in zip(labels, counting, strict=True)}
    other = [
        one.speaker
        for one in shown
        if len(said.get(one.speaker, ())) == 1
        and name_key(names[int(said[one.speaker][0])]) != name_key(one.name)
    ]
    if other:
        yield Notice(
            "voice_disagrees",
            f"A known voice says another name than the timeline: {', '.join(other)}.",
        )
