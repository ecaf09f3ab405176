"""The speakers of a diarization: who they are, and how long each of them talks."""

from collections.abc import Iterable, Iterator, Sequence

from audio.merge.values import Diarization, Notice, Transcription, Turn

# Sortformer, whose models are named 4spk, has four outputs; a fifth speaker falls to one of them.
SPEAKER_LIMIT = 4


def speakers_of(diarization: Diarization) -> tuple[str, ...]:
    """Return the labels: the detected ones, then others that have turns, each in their order."""
    labels = [*diarization.speakers, *(turn.speaker for turn in diarization.turns)]
    return tuple(dict.fromkeys(labels))


def speaking_time(turns: Iterable[Turn]) -> dict[str, float]:
    """Return how many seconds each speaker talks: the summed length of the speaker's turns."""
    seconds: dict[str, float] = {}
    for turn in turns:
        length = max(0.0, turn.end - turn.start)
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + length
    return seconds


def check_speaker_limit(*diarizations: Diarization) -> tuple[Notice, ...]:
    """Return a warning where an engine found as many speakers as it can separate.

    Parameters
    ----------
    diarizations
        Engines' answers, each of one chunk or track; not of a recording linked from chunks.

    Returns
    -------
    tuple of Notice
        One notice when any of them has exactly four speakers, else empty: an engine that found
        more has another limit.

    Examples
    --------
    >>> check_speaker_limit(Diarization((), ("A", "B", "C")), Diarization((), ("A",)))
    ()

    """
    if all(len(speakers_of(one)) != SPEAKER_LIMIT for one in diarizations):
        return ()
    return (
        Notice(
            "speaker_limit_reached",
            f"The engine found {SPEAKER_LIMIT} speakers. Engines may separate at most "
            f"{SPEAKER_LIMIT}: other speakers may be merged with these.",
        ),
    )


def check_answers(
    transcription: Transcription, diarizations: Sequence[Diarization]
) -> tuple[Notice, ...]:
    """Return warnings about what is missing in the engines' answers for a recording.

    Parameters
    ----------
    transcription
        The recording's, empty where none was wanted.
    diarizations
        The answers for the recording or its chunks; none where none was wanted.

    Returns
    -------
    tuple of Notice
        ``word_times_estimated`` where words had no times, ``answer_cut`` where the engine stopped
        before the end of its answer, ``turns_left_out`` where turns were unusable,
        ``no_speakers_found`` where there are words and no turns.

    Examples
    --------
    >>> [notice.code for notice in check_answers(Transcription("Hi.", ()), [Diarization((), ())])]
    ['no_speakers_found']

    """
    return (*_check_words(transcription), *_check_turns(transcription, diarizations))


def _check_words(transcription: Transcription) -> Iterator[Notice]:
    estimated = sum(word.is_estimated for word in transcription.words)
    if estimated:
        yield Notice(
            "word_times_estimated",
            f"The engine gave no times for {estimated} of {len(transcription.words)} words: they "
            "were placed between their neighbours, or spread over their segment.",
        )
    if transcription.is_cut:
        yield Notice(
            "answer_cut",
            "The engine stopped before the end of its answer: words at the end are missing.",
        )


def _check_turns(
    transcription: Transcription, diarizations: Sequence[Diarization]
) -> Iterator[Notice]:
    unusable = sum(one.unusable_turns for one in diarizations)
    if unusable:
        yield Notice(
            "turns_left_out",
            f"The engine gave {unusable} turns without a time or a label, or with an end before "
            "the start: they were left out.",
        )
    if diarizations and transcription.text.strip() and not any(one.turns for one in diarizations):
        yield Notice(
            "no_speakers_found",
            "The engine found words but no speaker: the words have no speaker's name.",
        )
