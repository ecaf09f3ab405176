"""The whole named transcript of a recording of two tracks.

The mic track gives the local user's words, the system track those of all other speakers. Each is
grouped into blocks on its own, so that no block mixes local speech with bleed.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

from audio.merge.name_spelling import common_spelling
from audio.merge.named_transcript import (
    assign_names,
    engine_models,
    joins_readings,
    rename_blocks,
    spell_names,
    used_timeline,
)
from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.overlap import OVERLAP_RULE, OverlapRule
from audio.merge.naming.voices.name_embeddings import embeddings_by_name, known_embedding
from audio.merge.naming.voices.voice_similarity import check_dimensions
from audio.merge.tracks.local_speech import (
    MIC,
    LocalSpeech,
    check_lengths,
    find_user_voice,
    select_by_level,
    select_by_vad,
)
from audio.merge.tracks.loudness import Track
from audio.merge.values import (
    ZERO_KNOWN,
    Block,
    Diarization,
    Embedding,
    KnownClock,
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
from audio.merge.words.assignment import group_words
from audio.merge.words.doubtful_times import trim_drawn_out
from audio.merge.words.speaker_labels import (
    PLAIN_RULE,
    LabellingRule,
    label_blocks,
    length_of,
    transcribed_words,
)

MOST_WORDS_DROPPED = Notice(
    "most_words_dropped",
    "More than half of the microphone's words were left out as the other speakers' voices.",
)
SAME_MOMENT_MS = 500
Selection = Callable[[Sequence[Word], Sequence[Turn]], LocalSpeech]


@dataclass(frozen=True, slots=True)
class AnalysedTrack:
    """The engines' answers for one track, and its samples unless ``self_vad`` is given."""

    diarization: Diarization
    transcription: Transcription
    samples: Track | None = None


def name_two_tracks(
    mic: AnalysedTrack,
    system: AnalysedTrack,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    self_name: str,
    self_vad: Sequence[Span] | None = None,
    selection: Selection | None = None,
    rule: OverlapRule | EvidenceRule = OVERLAP_RULE,
    labelling: LabellingRule = PLAIN_RULE,
    known_clock: KnownClock = ZERO_KNOWN,
) -> NamedTranscript:
    """Merge the words, turns and names of two tracks into a named transcript.

    The mic track's local words are the user's. The system track's speakers are named by the
    timeline, by known voices and by the user's own voice. Blocks of the user with the same words
    on both tracks within 0.5 s appear once, from the mic track.

    Parameters
    ----------
    mic, system
        Aligned at their starts, times in seconds; with samples unless ``self_vad`` is given.
    entries, voices
        The visual timeline (s) and the known voices; either may be empty.
    self_name
        The local user's name; no timeline entry gives it to a speaker of the system track.
    self_vad
        When the local user spoke, in seconds; None to decide by the sound instead.
    selection
        How the user's words and turns are selected without ``self_vad``; None to compare the
        levels of the tracks' samples.
    rule
        How speakers are named, and when a name is good enough.
    labelling
        Which speaker gets a word that is in no turn, or in two.
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

    Returns
    -------
    NamedTranscript
        Its mode is ``dual_channel``, the last speaker is ``mic``, and blocks are sorted by start
        (ties: the mic's first).

    Raises
    ------
    ValueError
        When a time is not finite, the known voices' rows and names differ in number, or there are
        neither spans nor samples.

    """
    user_name = common_spelling([*voices.names, self_name.strip()])(self_name.strip())
    entries, voices = spell_names(entries, voices, user_name, is_joined=joins_readings(rule))
    duration = max(length_of(track.diarization, track.transcription) for track in (mic, system))
    words, mic_notices = _mic_words(mic, labelling)
    local = _select_local(mic, system, self_vad, selection, words)
    user, user_turns = _user_of(mic, local, user_name)
    naming = assign_names(
        system.diarization,
        entries,
        voices,
        rule,
        mic=user,
        duration_s=duration,
        known_clock=known_clock,
    )
    system_blocks, system_notices = label_blocks(
        system.diarization, system.transcription, rule=labelling
    )
    mic_blocks = group_words(local.words, [user.name] * len(local.words))
    names = {speaker.speaker: speaker.name for speaker in naming.speakers}
    turns = (*system.diarization.turns, *user_turns)
    return NamedTranscript(
        mode="dual_channel",
        duration=duration,
        speakers=(*naming.speakers, user),
        blocks=interleave_blocks(mic_blocks, rename_blocks(system_blocks, names)),
        embeddings=_embeddings(naming.speakers, user, turns, voices),
        models=engine_models(
            [mic.diarization, system.diarization], [mic.transcription, system.transcription]
        ),
        warnings=(
            *dict.fromkeys((*mic_notices, *system_notices)),
            *_check_tracks(mic, system, voices, local),
            *(_check_dropped(words, local) if selection is None else ()),
            *naming.notices,
        ),
        dropped_words=len(words) - len(local.words),
        timeline_offset_s=naming.timeline_offset_s,
        used_timeline=used_timeline(naming, entries, duration),
    )


def interleave_blocks(
    mic_blocks: Sequence[Block], system_blocks: Sequence[Block]
) -> tuple[Block, ...]:
    """Put the blocks of the two tracks into one order, without the user's echo.

    A user who dialled in twice is recorded on both tracks: blocks of one name whose texts are
    equal, but for case and punctuation, and start within 0.5 s of each other appear once, from the
    mic track.

    Parameters
    ----------
    mic_blocks, system_blocks
        Each sorted by start, with names for speakers.

    Returns
    -------
    tuple of Block
        Sorted by start; of blocks that start together the mic's come first. Empty for no blocks.

    Examples
    --------
    >>> mic, system = Block(1000, 1500, "Sam", "Hello."), Block(1200, 1700, "Sam", "hello")
    >>> interleave_blocks([mic], [system])
    (Block(start_ms=1000, end_ms=1500, speaker='Sam', text='Hello.'),)

    """
    starts_by_text: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for block in mic_blocks:
        starts_by_text[block.speaker, _plain_text(block.text)].append(block.start_ms)

    def is_echo(block: Block) -> bool:
        starts = starts_by_text.get((block.speaker, _plain_text(block.text)), [])
        nearest = bisect_left(starts, block.start_ms - SAME_MOMENT_MS)
        return nearest < len(starts) and starts[nearest] <= block.start_ms + SAME_MOMENT_MS

    blocks = [*mic_blocks, *(block for block in system_blocks if not is_echo(block))]
    return tuple(sorted(blocks, key=lambda block: block.start_ms))


def _mic_words(
    mic: AnalysedTrack, labelling: LabellingRule
) -> tuple[Sequence[Word], Sequence[Notice]]:
    """Return the words of the mic track, those that are drawn out trimmed, and notices."""
    words, notices = transcribed_words(mic.diarization, mic.transcription)
    if labelling.doubts_times and not notices:
        words = trim_drawn_out(words, mic.diarization.turns, tolerance_s=labelling.tolerance_s)
    return words, notices


def _select_local(
    mic: AnalysedTrack,
    system: AnalysedTrack,
    self_vad: Sequence[Span] | None,
    selection: Selection | None,
    words: Sequence[Word],
) -> LocalSpeech:
    if self_vad is not None:
        return select_by_vad(self_vad, words, mic.diarization.turns)
    if selection is not None:
        return selection(words, mic.diarization.turns)
    if mic.samples is None or system.samples is None:
        raise ValueError("without self_vad both tracks need samples, got None")
    return select_by_level(mic.samples, system.samples, words, mic.diarization.turns)


def _user_of(
    mic: AnalysedTrack, local: LocalSpeech, name: str
) -> tuple[NamedSpeaker, Sequence[Turn]]:
    """Return the local user, with the voice of the local turns, and the user's turns."""
    voice = find_user_voice(mic.diarization, local.turns)
    user = NamedSpeaker(MIC, name, "mic_channel", voice.embedding, enrolled_s=voice.enrolled_s)
    return user, voice.turns


def _embeddings(
    others: Sequence[NamedSpeaker], user: NamedSpeaker, turns: Sequence[Turn], voices: Voices
) -> Mapping[str, Embedding]:
    """Return the embeddings of both tracks; the caller's own of the user wins.

    A stored embedding, which has a space, is not the caller's and does not leave the library.
    """
    embeddings = embeddings_by_name((*others, user), turns)
    known = None if voices.space else known_embedding(voices, user)
    return embeddings if known is None else {**embeddings, user.name: known}


def _check_tracks(
    mic: AnalysedTrack,
    system: AnalysedTrack,
    voices: Voices,
    local: LocalSpeech,
) -> Iterator[Notice]:
    tracks = (mic.diarization.embeddings, system.diarization.embeddings)
    yield from check_dimensions([one for track in tracks for one in track.values()], voices)
    yield from check_lengths(
        _length(mic, local.mic_s), _length(system, local.system_s), is_gated=local.is_gated
    )


def _check_dropped(words: Sequence[Word], local: LocalSpeech) -> Iterator[Notice]:
    """Warn where most words were dropped, and no echo explains it."""
    if 2 * (len(words) - len(local.words)) > len(words):
        yield MOST_WORDS_DROPPED


def _length(track: AnalysedTrack, read_s: float | None) -> float | None:
    """Return the length of a track as it was read, else as the engines report it, else None."""
    reported = [track.diarization.duration, track.transcription.duration]
    known = [duration for duration in reported if duration is not None]
    return max(known, default=None) if read_s is None else read_s


def _plain_text(text: str) -> str:
    """Return the text without case, spaces and marks, which often differ between two tracks."""
    return "".join(sign for sign in text.casefold() if category(sign)[0] in "LMN") or text
