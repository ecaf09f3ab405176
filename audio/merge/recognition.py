"""Which anonymous speakers of a transcript have a known voice.

Conventions
-----------
Similarities are cosines, rounded to 4 decimals; decisions are taken before that.
"""

from collections.abc import Mapping
from dataclasses import replace

from audio.merge.identification import OpenSetRule, identify
from audio.merge.timeline import Fingerprint, LabelledTranscript, RecognisedSpeaker, Voices


def recognise(
    transcript: LabelledTranscript, fingerprints: Mapping[str, Fingerprint], voices: Voices
) -> LabelledTranscript:
    """Tell which speakers are known, and call them by their names.

    Parameters
    ----------
    transcript
        By anonymous label.
    fingerprints
        By label, each of shape ``(dimension,)``.
    voices
        Known voices, with the threshold and the margin of their space.

    Returns
    -------
    LabelledTranscript
        Who is not recognised keeps the label. Speakers of one name are one speaker.

    Examples
    --------
    >>> import numpy as np
    >>> talk = LabelledTranscript(9.0, "en", ("Speaker_0",), (), {})
    >>> known = Voices(("Ann",), np.array([[1.0, 0.0]]))
    >>> recognise(talk, {"Speaker_0": np.array([3.0, 0.0])}, known).recognised
    (RecognisedSpeaker(speaker='Speaker_0', name='Ann', similarity=1.0),)

    """
    recognised = tuple(
        _whose(label, fingerprints.get(label), voices) for label in transcript.speakers
    )
    names = {one.speaker: one.name or one.speaker for one in recognised}
    return replace(
        transcript,
        speakers=tuple(dict.fromkeys(names.values())),
        blocks=tuple(
            replace(block, speaker=names.get(block.speaker, block.speaker))
            for block in transcript.blocks
        ),
        recognised=recognised,
    )


def _whose(label: str, fingerprint: Fingerprint | None, voices: Voices) -> RecognisedSpeaker:
    if fingerprint is None:
        return RecognisedSpeaker(label)
    decided = identify(fingerprint, voices, rule=OpenSetRule(voices.threshold, voices.margin))
    if not decided.candidates:
        return RecognisedSpeaker(label)
    return RecognisedSpeaker(label, decided.name, round(decided.candidates[0].similarity, 4))
