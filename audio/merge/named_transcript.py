"""The whole named transcript of a recording of one track, and the steps that two tracks share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from audio.merge.name_spelling import common_spelling
from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.aligned_overlap import check_edge, check_late, name_by_aligned_overlap
from audio.merge.naming.evidence import Naming, name_by_evidence
from audio.merge.naming.overlap import OVERLAP_RULE, OverlapRule, name_by_overlap
from audio.merge.naming.overlap_checks import check_overlap
from audio.merge.naming.timeline_plausibility import (
    PlausibleTimeline,
    check_place,
    check_units,
)
from audio.merge.naming.voices.name_embeddings import embeddings_by_name
from audio.merge.naming.voices.voice_similarity import check_dimensions
from audio.merge.values import (
    ZERO_KNOWN,
    Block,
    Diarization,
    KnownClock,
    NamedSpeaker,
    NamedTranscript,
    Notice,
    TimelineEntry,
    Transcription,
    Turn,
    UsedTimeline,
    Voices,
)
from audio.merge.words.speaker_labels import PLAIN_RULE, LabellingRule, label_blocks, length_of


def name_transcript(
    diarization: Diarization,
    transcription: Transcription | None,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: OverlapRule | EvidenceRule = OVERLAP_RULE,
    labelling: LabellingRule = PLAIN_RULE,
    known_clock: KnownClock = ZERO_KNOWN,
) -> NamedTranscript:
    """Merge the words, turns and names of one track into a named transcript.

    Parameters
    ----------
    diarization, transcription
        The engines' answers for one recording, times in seconds. Without a transcription the
        result has turns instead of blocks.
    entries, voices
        The visual timeline (s) and the known voices; either may be empty.
    rule
        How speakers are named, and when a name is good enough.
    labelling
        Which speaker gets a word that is in no turn, or in two.
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

    Returns
    -------
    NamedTranscript
        Its mode is ``mono``. Words without a speaker keep ``Speaker_unknown``.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> from audio.merge.values import NO_VOICES
    >>> diarization = Diarization((Turn(0.0, 2.0, "Speaker_0"),), ("Speaker_0",))
    >>> name_transcript(diarization, None, [TimelineEntry(0.0, 2.0, "Ann")], NO_VOICES).turns
    (Turn(start=0.0, end=2.0, speaker='Ann', confidence=None),)

    """
    entries, voices = spell_names(entries, voices, is_joined=joins_readings(rule))
    duration = length_of(diarization, transcription)
    naming = assign_names(
        diarization, entries, voices, rule, duration_s=duration, known_clock=known_clock
    )
    blocks: tuple[Block, ...] = ()
    notices: tuple[Notice, ...] = ()
    if transcription is not None:
        blocks, notices = label_blocks(diarization, transcription, rule=labelling)
    names = {speaker.speaker: speaker.name for speaker in naming.speakers}
    return NamedTranscript(
        mode="mono",
        duration=duration,
        speakers=naming.speakers,
        blocks=rename_blocks(blocks, names),
        turns=() if transcription is not None else _rename_turns(diarization.turns, names),
        embeddings=embeddings_by_name(naming.speakers, diarization.turns),
        models=engine_models([diarization], [transcription] if transcription else []),
        warnings=(
            *notices,
            *check_dimensions(diarization.embeddings.values(), voices),
            *naming.notices,
        ),
        timeline_offset_s=naming.timeline_offset_s,
        used_timeline=used_timeline(naming, entries, duration),
    )


def assign_names(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    rule: OverlapRule | EvidenceRule,
    mic: NamedSpeaker | None = None,
    *,
    duration_s: float,
    known_clock: KnownClock = ZERO_KNOWN,
) -> Naming:
    """Name the speakers by the given rule, and warn about a timeline that cannot be meant.

    ``mic`` is the local user of a two-track recording, ``duration_s`` the recording's length,
    ``known_clock`` are facts about the timeline's clock.
    """
    if known_clock.is_unit_known:
        possible = PlausibleTimeline(tuple(entries))
    else:
        possible = check_units(entries, duration_s, is_converted=joins_readings(rule))
    naming = _assign_names(
        diarization, possible.entries, voices, rule, mic, known_clock=known_clock
    )
    place = check_place(possible.entries, duration_s, naming.timeline_offset_s)
    notices = (*possible.notices, *place, *naming.notices, *check_edge(naming))
    return replace(naming, notices=notices)


def spell_names(
    entries: Sequence[TimelineEntry], voices: Voices, *others: str, is_joined: bool = False
) -> tuple[tuple[TimelineEntry, ...], Voices]:
    """Spell every name as the known voices do, else as ``others`` do, else as it is first shown.

    Parameters
    ----------
    entries, voices
        The timeline, in any order, and the known voices.
    others
        Names from elsewhere, such as the local user's.
    is_joined
        Whether readings are joined later: then a spelling in one case counts only without another.

    Returns
    -------
    tuple
        The entries and the voices, in their order.

    """

    def order(entry: TimelineEntry) -> tuple[bool, float]:
        has_one_case = entry.name.isupper() or entry.name.islower()
        return is_joined and has_one_case, entry.start

    shown = sorted(entries, key=order)
    spell = common_spelling([*voices.names, *others, *(entry.name for entry in shown)])
    return (
        tuple(replace(entry, name=spell(entry.name)) for entry in entries),
        replace(voices, names=tuple(map(spell, voices.names))),
    )


def joins_readings(rule: OverlapRule | EvidenceRule) -> bool:
    """Return whether the rule joins the readings of names, and follows the timeline's clock."""
    return isinstance(rule, EvidenceRule) or rule.follows_clock


def _assign_names(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    rule: OverlapRule | EvidenceRule,
    mic: NamedSpeaker | None,
    *,
    known_clock: KnownClock,
) -> Naming:
    if isinstance(rule, EvidenceRule):
        return name_by_evidence(
            diarization, entries, voices, rule=rule, mic=mic, known_clock=known_clock
        )
    if rule.follows_clock:
        return name_by_aligned_overlap(
            diarization, entries, voices, rule=rule, mic=mic, known_clock=known_clock
        )
    named = name_by_overlap(diarization, entries, voices, rule=rule, mic=mic)
    notices = check_overlap(named, diarization, voices, rule=rule, mic=mic)
    return Naming(named, notices=(*notices, *check_late(diarization, entries)))


def used_timeline(
    naming: Naming, entries: Sequence[TimelineEntry], duration_s: float
) -> UsedTimeline | None:
    """Return what the naming found of the timeline's clock and names; None without a timeline.

    ``entries`` are those of the timeline, ``duration_s`` is the recording's length.
    """
    aligned = naming.timeline
    if aligned is None or aligned.clock is None:
        return None
    pieces = [
        (start := max(piece.from_s, 0.0), round(piece.offset_s + aligned.clock.drift * start, 2))
        for piece in aligned.clock.pieces
    ]
    outside = sum(one.end <= 0 or one.start >= duration_s for one in aligned.entries)
    written = {entry.name.strip() for entry in entries}
    merged = sum(len(others) - (name not in written) for name, others in aligned.readings.items())
    return UsedTimeline(
        aligned.clock.offset_s,
        tuple(pieces),
        joined=aligned.joined,
        merged=merged,
        outside=outside,
    )


def rename_blocks(blocks: Iterable[Block], names: Mapping[str, str]) -> tuple[Block, ...]:
    """Replace the label of each block by its name; a label without a name is unchanged."""
    return tuple(
        replace(block, speaker=names.get(block.speaker, block.speaker)) for block in blocks
    )


def engine_models(
    diarizations: Iterable[Diarization], transcriptions: Iterable[Transcription]
) -> dict[str, str]:
    """Return the models that the engines report, by role."""
    models = {key: model for one in diarizations for key, model in one.models.items()}
    models.update(("transcription", one.model) for one in transcriptions if one.model is not None)
    return models


def _rename_turns(turns: Iterable[Turn], names: Mapping[str, str]) -> tuple[Turn, ...]:
    return tuple(replace(turn, speaker=names[turn.speaker]) for turn in turns)
