"""Options as text, and what makes two of them lead to the same transcript."""

import hashlib
from dataclasses import replace

import numpy as np

from audio.archive.options import DEFAULT_MERGE, ArchiveOptions
from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.values import NO_VOICES, Span, Voices

OPTIONS = ArchiveOptions(
    formats=("srt",),
    merge=replace(
        DEFAULT_MERGE,
        rule="evidence",
        linking=LinkingRule(min_speakers=2, max_speakers=5),
        self_name="Ana Ruiz",
        known_voiceprints=Voices(("Ben", "Ben"), np.array([[1.0, 0.0], [0.0, 1.0]]), "titanet@1"),
        retain_days=30,
    ),
    store=True,
)


def test_options_are_the_same_after_a_journey() -> None:
    text = OPTIONS.to_json()

    assert ArchiveOptions.from_json(text).to_json() == text
    assert ArchiveOptions.from_json(text).merge.linking == OPTIONS.merge.linking


def test_every_merge_option_survives_the_journey() -> None:
    merge = replace(
        OPTIONS.merge,
        self_vad=(Span(0.5, 1.5),),
        min_overlap=0.25,
        voiceprint_threshold=0.75,
    )

    read = ArchiveOptions.from_json(ArchiveOptions(merge=merge).to_json()).merge

    assert replace(read, known_voiceprints=None) == replace(merge, known_voiceprints=None)


def test_options_that_an_earlier_release_stored_are_read() -> None:
    stored = (
        '{"formats": ["json", "txt"], "known_voices": null, "retain_days": null, '
        '"rule": "overlap", "self_name": "Me", "speakers": [1, null], "store": true}'
    )

    assert ArchiveOptions.from_json(stored) == ArchiveOptions(store=True)
    assert ArchiveOptions(store=True).to_json() == stored


def test_the_digest_of_the_defaults_is_that_of_an_earlier_release() -> None:
    shaping = '{"known_voices": null, "rule": "overlap", "self_name": "Me", "speakers": [1, null]}'

    assert ArchiveOptions().digest() == hashlib.sha256(shaping.encode()).hexdigest()


def test_no_voices_are_not_the_same_as_none_sent() -> None:
    merge = replace(DEFAULT_MERGE, known_voiceprints=NO_VOICES)

    sent = ArchiveOptions.from_json(ArchiveOptions(merge=merge).to_json()).merge

    assert sent.known_voiceprints is not None
    assert sent.known_voiceprints.names == ()
    assert ArchiveOptions.from_json(ArchiveOptions().to_json()).merge.known_voiceprints is None


def test_where_the_transcript_goes_makes_no_other_transcript() -> None:
    elsewhere = ArchiveOptions(formats=("txt",), merge=replace(OPTIONS.merge, retain_days=None))

    assert elsewhere.digest() == OPTIONS.digest()


def test_another_rule_makes_another_transcript() -> None:
    other = replace(OPTIONS, merge=replace(OPTIONS.merge, rule="overlap"))

    assert other.digest() != OPTIONS.digest()
