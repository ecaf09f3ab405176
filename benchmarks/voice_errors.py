"""Measure how well embeddings distinguish voices.

    python -m spark_control.laptop --data var/voice_errors -- \
        python -m benchmarks.voice_errors [--curves FILE.png]

The recordings are those of `benchmarks.synthetic.voices`: the clinic's three people and synthetic
voices. The engine embeds clips of them. First all pairs of clips of one length are compared. Then
every person is enrolled from one recording, as the library does it, and identified from clips of
the other: once with all people known, once with all others known.

Synthetic speech is made once and stored; `--voices` limits the number of synthetic voices.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from audio.media.decoding import SAMPLE_RATE
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.naming.voices.open_set_identification import OPEN_SET_RULE, OpenSetRule
from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import Embedding, Voices
from audio.pipeline.analysis.clip_embeddings import embed_clips
from benchmarks import with_library  # noqa: F401 — before the models
from benchmarks.measures.error_rates import (
    Shares,
    Similarities,
    Trial,
    equal_error_rate,
    shares_at,
)
from benchmarks.synthetic.voices import SYNTHETIC, Samples, Speech, speech_of_people
from spark_control.laptop.step_progress import progress
from voiceprints.enrolment.voice_extraction import ExtractedVoice, extract_sample_voice
from voiceprints.models.spaces import SURELY_ONE_VOICE

SPEECH = Path("var/voice_errors/speech")
LENGTHS_S = (3.0, 6.0, 10.0)
THRESHOLDS = np.linspace(0.1, 0.95, 35)
HEADER = (
    "| speech | pairs: same, different | equal error | at | trials | known: wrong / unnamed "
    "| stranger: wrong / unnamed |\n| --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True, slots=True)
class MeasuredVoice:
    """One person: the enrolled voice, and embeddings of clips of both recordings by length."""

    person: str
    enrolled: ExtractedVoice
    first: dict[float, list[Embedding]]
    second: dict[float, list[Embedding]]


def main() -> int:
    """Print the figures; draw the curves if a file is given."""
    asked = _arguments()
    measured = [
        _measure(one) for one in speech_of_people(os.environ["KOKORO_URL"], SPEECH, asked.voices)
    ]
    seconds = _range(one.enrolled.speech_s for one in measured)
    print(f"{len(measured)} people; voiceprints of {seconds} s")
    print(_similarities(measured))
    print(HEADER)
    for length in LENGTHS_S:
        print(_row(measured, length), flush=True)
    if asked.curves:
        draw_curves(measured, asked.curves)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voices", type=int, metavar="N", default=len(SYNTHETIC))
    parser.add_argument("--curves", type=Path, metavar="FILE", help="needs matplotlib")
    asked = parser.parse_args()
    if asked.curves and not find_spec("matplotlib"):
        parser.error("--curves needs matplotlib: requirements/figures.in names it")
    return asked


def _measure(speech: Speech) -> MeasuredVoice:
    with progress(f"voiceprints of {speech.person}"), TemporaryDirectory() as folder:
        path = Path(folder) / "known_by.wav"
        path.write_bytes(wav(pcm(speech.enrolment)))
        return MeasuredVoice(
            speech.person,
            extract_sample_voice(Recording(path, ".wav")),
            _by_length(speech.enrolment),
            _by_length(speech.test),
        )


def _by_length(samples: Samples) -> dict[float, list[Embedding]]:
    """Return the embeddings of consecutive clips, for each length."""
    return {length: list(_embeddings(samples, length)) for length in LENGTHS_S}


def _embeddings(samples: Samples, length: float) -> Iterator[Embedding]:
    size = round(length * SAMPLE_RATE)
    cuts = np.arange(size, len(samples) + 1, size)
    for voice in embed_clips([samples[end - size : end] for end in cuts]):
        if voice is not None:
            yield unit(voice.embedding)


def _similarities(measured: Sequence[MeasuredVoice]) -> str:
    """Report the similarity of different people, and the pairs that enrolment would refuse."""
    near = [
        float(one.enrolled.vector @ other.enrolled.vector)
        for one, other in combinations(measured, 2)
    ]
    taken = sum(similarity >= SURELY_ONE_VOICE for similarity in near)
    return (
        f"voiceprints of two people: mean {np.mean(near):.2f}, most {max(near):.2f}; "
        f"{taken} of {len(near)} pairs refused as the same voice"
    )


def _row(measured: Sequence[MeasuredVoice], length: float) -> str:
    same, different = _pairs(measured, length)
    rate, at = equal_error_rate(same, different)
    known, strangers = _known(measured, length), _strangers(measured, length)
    shares = [_percent(shares_at(trials, OPEN_SET_RULE)) for trials in (known, strangers)]
    return (
        f"| {length:.0f} s | {len(same):,}, {len(different):,} | {rate:.1%} | {at:.2f} "
        f"| {len(known)} | {shares[0]} | {shares[1]} |"
    )


def _pairs(measured: Sequence[MeasuredVoice], length: float) -> tuple[Similarities, Similarities]:
    """Return the similarities of all pairs of clips: of one person, and of two."""
    clips = [
        (number, clip)
        for number, one in enumerate(measured)
        for clip in (*one.first[length], *one.second[length])
    ]
    whose = np.array([number for number, _ in clips])
    vectors = np.stack([clip for _, clip in clips])
    rows, columns = np.triu_indices(len(clips), k=1)
    similarities = np.einsum("nd,nd->n", vectors[rows], vectors[columns])
    own = whose[rows] == whose[columns]
    return similarities[own], similarities[~own]


def _known(measured: Sequence[MeasuredVoice], length: float) -> list[Trial]:
    everyone = _voices(measured)
    return [Trial(one.person, clip, everyone) for one in measured for clip in one.second[length]]


def _strangers(measured: Sequence[MeasuredVoice], length: float) -> list[Trial]:
    return [
        Trial(one.person, clip, _voices([other for other in measured if other is not one]))
        for one in measured
        for clip in one.second[length]
    ]


def _voices(measured: Sequence[MeasuredVoice]) -> Voices:
    vectors = np.stack([one.enrolled.vector for one in measured])
    return Voices(tuple(one.person for one in measured), vectors)


def _percent(shares: Shares) -> str:
    return f"{shares.wrong:.1%} / {shares.unnamed:.1%}"


def _range(seconds: Iterable[float]) -> str:
    found = sorted(seconds)
    return f"{found[0]:.1f} to {found[-1]:.1f}"


def draw_curves(measured: Sequence[MeasuredVoice], file: Path) -> None:
    """Draw the shares against the threshold, one panel for each length of speech."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 4.5), layout="constrained")
    for panel, length in zip(figure.subplots(1, 3, sharey=True), LENGTHS_S, strict=True):
        for width, (what, shares) in zip(
            (6, 3, 1), _curves(measured, length).items(), strict=True
        ):
            # Thin lines over thick ones: curves stay visible where they meet.
            percent = [100 * share for share in shares]
            panel.plot(THRESHOLDS, percent, label=what, linewidth=width)
        panel.axvline(OPEN_SET_RULE.threshold, color="grey", linestyle="--", linewidth=1)
        panel.set(title=f"{length:.0f} s of speech", xlabel="threshold")
    figure.axes[0].set_ylabel("of the trials, %")
    figure.axes[0].legend()
    figure.savefig(file)


def _curves(measured: Sequence[MeasuredVoice], length: float) -> dict[str, list[float]]:
    known, strangers = _known(measured, length), _strangers(measured, length)
    rules = [OpenSetRule(threshold, OPEN_SET_RULE.margin) for threshold in THRESHOLDS.tolist()]
    of_known = [shares_at(known, rule) for rule in rules]
    return {
        "known, under the wrong name": [shares.wrong for shares in of_known],
        "known, unnamed": [shares.unnamed for shares in of_known],
        "strangers, under a name": [shares_at(strangers, rule).wrong for rule in rules],
    }


if __name__ == "__main__":
    sys.exit(main())
