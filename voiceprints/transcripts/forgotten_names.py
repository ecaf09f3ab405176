"""The replacement of erased names in a transcript that was made before the erasure.

A speaker whose name is replaced loses the embedding; one whom only a voice named is a stranger
again. Text stays: it is the speech of its speaker.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import count

from audio.merge.values import (
    Evidence,
    LabelledTranscript,
    NamedSpeaker,
    NamedTranscript,
    Support,
)
from voiceprints.people.erasure_marks import ErasedNames
from voiceprints.transcripts.name_mentions import replace_joined

Rename = Callable[[str], str]
Replace = Callable[[str], str | None]


def forget_names(transcript: NamedTranscript, erased: ErasedNames) -> NamedTranscript:
    """Replace the erased names of speakers, evidence, blocks and turns; drop their embeddings."""
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for speaker in transcript.speakers:
        sources[speaker.name].add(speaker.source)
    by_voice = {name for name, given_by in sources.items() if given_by == {"voiceprint"}}
    new_names = _new_names(_names_in(transcript), _with_readings(transcript, erased), by_voice)
    if not new_names:
        return transcript
    return _rename_all(without_voices(transcript, new_names), new_names, by_voice)


def forget_labels(transcript: LabelledTranscript, erased: ErasedNames) -> LabelledTranscript:
    """Show the labels of recognised speakers again whose names were erased."""
    recognised = transcript.recognised or ()
    labels = {
        one.name: one.speaker
        for one in reversed(recognised)
        if one.name is not None and erased.replacement(one.name) is not None
    }
    if not labels:
        return transcript

    def relabel(name: str) -> str:
        return labels.get(name, name)

    return replace(
        transcript,
        speakers=tuple(dict.fromkeys(map(relabel, transcript.speakers))),
        blocks=tuple(replace(one, speaker=relabel(one.speaker)) for one in transcript.blocks),
        recognised=tuple(
            replace(one, name=None) if one.name in labels else one for one in recognised
        ),
    )


def without_voices(transcript: NamedTranscript, names: Iterable[str]) -> NamedTranscript:
    """Drop the embeddings of the speakers with these names."""
    dropped = frozenset(names)
    return replace(
        transcript,
        speakers=tuple(
            replace(one, embedding=None) if one.name in dropped else one
            for one in transcript.speakers
        ),
        embeddings={
            name: vector for name, vector in transcript.embeddings.items() if name not in dropped
        },
    )


def _rename_all(
    transcript: NamedTranscript, new_names: Mapping[str, str], by_voice: Collection[str]
) -> NamedTranscript:
    def rename(name: str) -> str:
        return new_names.get(name, name)

    strangers = new_names.keys() & by_voice
    return replace(
        transcript,
        speakers=tuple(
            replace(
                _renamed(one, rename),
                source="unmatched" if one.name in strangers else one.source,
            )
            for one in transcript.speakers
        ),
        blocks=tuple(replace(one, speaker=rename(one.speaker)) for one in transcript.blocks),
        turns=tuple(replace(one, speaker=rename(one.speaker)) for one in transcript.turns),
        embeddings={rename(name): vector for name, vector in transcript.embeddings.items()},
    )


def forget_mentions(text: str, erased: ErasedNames) -> str:
    """Replace the erased names in the name of a recording."""
    if not erased:
        return text
    return replace_joined(text, erased.replacement_of_words, longest=erased.longest)


def _renamed(speaker: NamedSpeaker, rename: Rename) -> NamedSpeaker:
    evidence, name = speaker.evidence, rename(speaker.name)
    return replace(
        speaker,
        name=name,
        # The readings of a replaced name are the same person's.
        name_readings=speaker.name_readings if name == speaker.name else (),
        evidence=evidence and _renamed_evidence(evidence, rename),
    )


def _renamed_evidence(evidence: Evidence, rename: Rename) -> Evidence:
    def renamed(support: Support | None) -> Support | None:
        return support and replace(support, name=rename(support.name))

    return replace(
        evidence, winner=renamed(evidence.winner), runner_up=renamed(evidence.runner_up)
    )


def _names_in(transcript: NamedTranscript) -> list[str]:
    names = [speaker.name for speaker in transcript.speakers]
    names += [block.speaker for block in transcript.blocks]
    names += [turn.speaker for turn in transcript.turns]
    for speaker in transcript.speakers:
        evidence = speaker.evidence or Evidence()
        considered = (evidence.winner, evidence.runner_up)
        names += [support.name for support in considered if support is not None]
    return [*names, *transcript.embeddings]


def _with_readings(transcript: NamedTranscript, erased: ErasedNames) -> Replace:
    """Return what replaces a name, also where only another reading of it was erased."""
    readings = {
        speaker.name: new_name
        for speaker in transcript.speakers
        for reading in speaker.name_readings
        if (new_name := erased.replacement(reading)) is not None
    }
    return lambda name: erased.replacement(name) or readings.get(name)


def _new_names(
    names: Iterable[str], replacement_of: Replace, by_voice: Collection[str] = ()
) -> dict[str, str]:
    """Return the replacements of the names that were erased, none of them a name of the rest.

    A replacement that another speaker has would join the two.
    """
    present = dict.fromkeys(names)
    found = {name: new for name in present if (new := replacement_of(name)) is not None}
    taken = (present.keys() - found.keys()) | set(found.values())
    free = (name for name in map("Unknown_{}".format, count()) if name not in taken)
    unusable = [new for name, new in found.items() if name in by_voice or new in present]
    substitutes = {new: next(free) for new in dict.fromkeys(unusable)}
    return {name: substitutes.get(new, new) for name, new in found.items()}
