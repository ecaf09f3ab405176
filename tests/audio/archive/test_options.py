"""Options as text, and what makes two of them lead to the same transcript."""

from dataclasses import replace

import numpy as np

from audio.archive.options import ArchiveOptions
from audio.merge.clustering import LinkingRule
from audio.merge.values import NO_VOICES, Voices

OPTIONS = ArchiveOptions(
    formats=("srt",),
    rule="evidence",
    linking=LinkingRule(min_speakers=2, max_speakers=5),
    self_name="Ana Ruiz",
    known_voices=Voices(("Ben", "Ben"), np.array([[1.0, 0.0], [0.0, 1.0]]), "titanet@1"),
    store=True,
    retain_days=30,
)


def test_options_are_the_same_after_a_journey() -> None:
    told = OPTIONS.to_json()

    assert ArchiveOptions.from_json(told).to_json() == told
    assert ArchiveOptions.from_json(told).linking == OPTIONS.linking


def test_no_voices_are_not_the_same_as_none_sent() -> None:
    sent = ArchiveOptions.from_json(ArchiveOptions(known_voices=NO_VOICES).to_json())

    assert sent.known_voices is not None
    assert sent.known_voices.names == ()
    assert ArchiveOptions.from_json(ArchiveOptions().to_json()).known_voices is None


def test_where_the_transcript_goes_makes_no_other_transcript() -> None:
    elsewhere = replace(OPTIONS, formats=("txt",), store=False, retain_days=None)

    assert elsewhere.digest() == OPTIONS.digest()


def test_another_rule_makes_another_transcript() -> None:
    assert replace(OPTIONS, rule="overlap").digest() != OPTIONS.digest()
