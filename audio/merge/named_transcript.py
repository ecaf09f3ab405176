"""Who said what, by name: the whole named transcript of a recording.

One track is named by timeline and voices. Of two tracks, the mic gives the local user's words and
the system track everybody else's; each is put into blocks on its own, so that no block mixes local
speech with bleed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from audio.merge.assignment import group_words
from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.evidence import Naming, name_by_evidence
from audio.merge.naming.overlap import (
    OVERLAP_RULE,
    OverlapRule,
    embeddings_by_name,
    known_print,
    name_speakers,
)
from audio.merge.naming.voice_similarity import skipped_voices
from audio.merge.speaker_labels import (
    PLAIN_RULE,
    LabellingRule,
    label_blocks,
    length_of,
    spoken_words,
)
from audio.merge.tracks.block_order import interleave
from audio.merge.tracks.local_speech import (
    MIC,
    Local,
    different_lengths,
    local_by_level,
    local_by_vad,
    own_voice,
)
from audio.merge.tracks.loudness import Track
from audio.merge.values import (
    Block,
    Diarization,
    Embedding,
    NamedSpeaker,
    NamedTranscript,
    Notice,
    Span,
    TimelineEntry,
    Transcription,
    Turn,
    Voices,
    Word,
)

MOST_WORDS_DROPPED = Notice(
    "most_words_dropped",
    "More than half of the microphone's words were taken for the others' voices and left out.",
)


@dataclass(frozen=True, slots=True)
class TrackAnswer:
    """What the engines say of one track; its samples unless ``self_vad`` is given."""

    diarization: Diarization
    transcription: Transcription
    samples: Track | None = None


def attribute(
    diarization: Diarization,
    transcription: Transcription | None,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: OverlapRule | EvidenceRule = OVERLAP_RULE,
    labelling: LabellingRule = PLAIN_RULE,
) -> NamedTranscript:
    """Tell who said what in one track, by name.

    Parameters
    ----------
    diarization, transcription
        Of the same recording, times in seconds. Without a transcription the result has turns
        instead of blocks.
    hints, voices
        The visual timeline (s) and the known voices; either may be empty.
    rule
        How speakers are named, and when a name is good enough.
    labelling
        Whose a word is that lies in no turn, or in two.

    Returns
    -------
    NamedTranscript
        Of mode ``mono``. Words that belong to nobody keep ``Speaker_unknown``.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> from audio.merge.values import NO_VOICES
    >>> talk = Diarization((Turn(0.0, 2.0, "Speaker_0"),), ("Speaker_0",))
    >>> attribute(talk, None, [TimelineEntry(0.0, 2.0, "Ann")], NO_VOICES).turns
    (Turn(start=0.0, end=2.0, speaker='Ann', confidence=None),)

    """
    named = _name(diarization, entries, voices, rule)
    blocks: tuple[Block, ...] = ()
    notices: tuple[Notice, ...] = ()
    if transcription is not None:
        blocks, notices = label_blocks(diarization, transcription, rule=labelling)
    names = {speaker.speaker: speaker.name for speaker in named.speakers}
    return NamedTranscript(
        mode="mono",
        duration=length_of(diarization, transcription),
        speakers=named.speakers,
        blocks=_named_blocks(blocks, names),
        turns=() if transcription is not None else _named_turns(diarization.turns, names),
        embeddings=embeddings_by_name(named.speakers, diarization.turns),
        models=_models([diarization], [transcription] if transcription else []),
        warnings=(
            *notices,
            *skipped_voices(diarization.embeddings.values(), voices),
            *named.notices,
        ),
        timeline_offset_s=named.timeline_offset_s,
    )


def attribute_dual(
    mic: TrackAnswer,
    system: TrackAnswer,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    self_name: str,
    self_vad: Sequence[Span] | None = None,
    rule: OverlapRule | EvidenceRule = OVERLAP_RULE,
    labelling: LabellingRule = PLAIN_RULE,
) -> NamedTranscript:
    """Tell who said what in a recording of two tracks, by name.

    The mic track's local words are the user's. The system track's speakers are named by timeline,
    by known voices and by the user's own. Blocks of the user that say the same on both tracks
    within 0.5 s appear once, from the mic track.

    Parameters
    ----------
    mic, system
        Aligned at their starts, times in seconds; with samples unless ``self_vad`` is given.
    hints, voices
        The visual timeline (s) and the known voices; either may be empty.
    self_name
        The local user's name; no hint gives it to anybody on the system track.
    self_vad
        When the local user spoke, in seconds; None to compare the tracks' samples instead.
    rule
        How speakers are named, and when a name is good enough.
    labelling
        Whose a word is that lies in no turn, or in two.

    Returns
    -------
    NamedTranscript
        Of mode ``dual_channel``; the last speaker is ``mic``, and blocks are sorted by start
        (ties: the mic's first).

    Raises
    ------
    ValueError
        When a time is not finite, the known voices' rows and names differ in number, or there are
        neither spans nor samples.

    """
    words, mic_notices = spoken_words(mic.diarization, mic.transcription)
    local = _local(mic, system, self_vad, words)
    own = own_voice(mic.diarization, local.turns)
    user = NamedSpeaker(
        MIC, self_name.strip(), "mic_channel", own.embedding, enrolled_s=own.enrolled_s
    )
    others = _name(system.diarization, entries, voices, rule, mic=user)
    theirs, system_notices = label_blocks(system.diarization, system.transcription, rule=labelling)
    mine = group_words(local.words, [user.name] * len(local.words))
    names = {speaker.speaker: speaker.name for speaker in others.speakers}
    turns = (*system.diarization.turns, *own.turns)
    dropped = len(words) - len(local.words)
    return NamedTranscript(
        mode="dual_channel",
        duration=max(length_of(track.diarization, track.transcription) for track in (mic, system)),
        speakers=(*others.speakers, user),
        blocks=interleave(mine, _named_blocks(theirs, names)),
        embeddings=_prints_of_both(others.speakers, user, turns, voices),
        models=_models(
            [mic.diarization, system.diarization], [mic.transcription, system.transcription]
        ),
        warnings=(
            *dict.fromkeys((*mic_notices, *system_notices)),
            *_voice_warnings(mic, system, voices),
            *different_lengths(_length(mic, local.mic_s), _length(system, local.system_s)),
            *([MOST_WORDS_DROPPED] if 2 * dropped > len(words) else []),
            *others.notices,
        ),
        dropped_words=dropped,
        timeline_offset_s=others.timeline_offset_s,
    )


def _name(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    rule: OverlapRule | EvidenceRule,
    mic: NamedSpeaker | None = None,
) -> Naming:
    if isinstance(rule, EvidenceRule):
        return name_by_evidence(diarization, entries, voices, rule=rule, mic=mic)
    return Naming(name_speakers(diarization, entries, voices, rule=rule, mic=mic))


def _voice_warnings(mic: TrackAnswer, system: TrackAnswer, voices: Voices) -> tuple[Notice, ...]:
    heard = (mic.diarization.embeddings, system.diarization.embeddings)
    return skipped_voices([one for prints in heard for one in prints.values()], voices)


def _local(
    mic: TrackAnswer, system: TrackAnswer, self_vad: Sequence[Span] | None, words: Sequence[Word]
) -> Local:
    if self_vad is not None:
        return local_by_vad(self_vad, words, mic.diarization.turns)
    if mic.samples is None or system.samples is None:
        raise ValueError("without self_vad both tracks need samples, got None")
    return local_by_level(mic.samples, system.samples, words, mic.diarization.turns)


def _prints_of_both(
    others: Sequence[NamedSpeaker], user: NamedSpeaker, turns: Sequence[Turn], voices: Voices
) -> Mapping[str, Embedding]:
    """Return the map of both tracks, with the caller's own print of the user if any.

    A stored print, which has a space, is not the caller's: it stays where it is.
    """
    prints = embeddings_by_name((*others, user), turns)
    known = None if voices.space else known_print(voices, user)
    return prints if known is None else {**prints, user.name: known}


def _named_turns(turns: Iterable[Turn], names: Mapping[str, str]) -> tuple[Turn, ...]:
    return tuple(replace(turn, speaker=names[turn.speaker]) for turn in turns)


def _named_blocks(blocks: Iterable[Block], names: Mapping[str, str]) -> tuple[Block, ...]:
    return tuple(
        replace(block, speaker=names.get(block.speaker, block.speaker)) for block in blocks
    )


def _models(
    diarizations: Iterable[Diarization], transcriptions: Iterable[Transcription]
) -> dict[str, str]:
    models = {key: model for one in diarizations for key, model in one.models.items()}
    models.update(("transcription", one.model) for one in transcriptions if one.model is not None)
    return models


def _length(track: TrackAnswer, read_s: float | None) -> float | None:
    """Return the length of a track as it was read, else as the engines say, else None."""
    said = [track.diarization.duration, track.transcription.duration]
    known = [duration for duration in said if duration is not None]
    return max(known, default=None) if read_s is None else read_s
