"""A library of three people, with meetings in which a fourth, unnamed person speaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from tests.voiceprints.people import SHA256, SPACE, consenting
from voiceprints.models import (
    DIMENSION,
    Block,
    Person,
    Space,
    Transcript,
    TranscriptSpeaker,
    Voiceprint,
)

Vector = NDArray[np.float64]
ANA, BEN, CLARA, UNNAMED = range(4)
MILLISECONDS_PER_WORD = 380

HEAT_PUMP = (
    (ANA, "Good morning. Shall we start with the heat pump? The supplier answered last night."),
    (BEN, "Yes, please. I read the offer on the train, and I am not sure about the price."),
    (UNNAMED, "Hello, sorry I am late. The tram stopped at the bridge again."),
    (
        ANA,
        "No problem. We were only at the first point. The offer is a tenth over budget.",
    ),
    (
        UNNAMED,
        "That is the second one in a row. I would ask them for the list price of each part, and "
        "I would ask the other supplier too before we sign anything.",
    ),
    (BEN, "I can call the other one today. They owe us an answer since the beginning of May."),
    (
        ANA,
        "Good. Then let us decide on Thursday, when we have both numbers in front of us. Is there "
        "anything else about the building?",
    ),
    (UNNAMED, "Only the permit. The city wants a drawing of the yard with the new unit in it."),
    (BEN, "I have one from the survey. I will send it to you after lunch."),
    (ANA, "Perfect. Then that is all for today. Thank you both, and see you on Thursday."),
)
BUDGET = (
    (CLARA, "Let us go through the budget for the second half of the year."),
    (BEN, "Travel is down by a third, and the invoices of the workshop are all paid."),
    (UNNAMED, "The invoice for the scaffolding is missing. It should arrive on Monday."),
    (CLARA, "Then I keep a place for it. How much will it be, about four thousand?"),
    (UNNAMED, "A little more, because we kept it for another week in April."),
    (BEN, "I remember. It rained all week, and the roof was too wet to work on."),
    (CLARA, "All right. With that we are still two per cent below the plan, which is good news."),
)
INTERVIEW = (
    (CLARA, "Thank you for coming. What did you do before?"),
    (ANA, "I ran the office of an architect for six years, and before that I studied in Graz."),
    (CLARA, "And what would you like to do here in the first three months?"),
    (ANA, "I would listen, mostly, and put the archive in order so that others find things."),
)


@dataclass(frozen=True, slots=True)
class Meetings:
    """The people and transcripts of the library."""

    ana: Person
    ben: Person
    clara: Person
    heat_pump: Transcript
    budget: Transcript
    interview: Transcript
    unnamed: TranscriptSpeaker


def create_meetings() -> Meetings:
    """Fill an empty library."""
    people = {
        ANA: consenting("Ana Ruiz", aliases=["Ana", "A. Ruiz"], notes="Office, second floor."),
        BEN: consenting("Ben Ortner", consent_until=timezone.now() + timedelta(days=200)),
        CLARA: consenting("Clara Seidl"),
    }
    _enrol_people(people)
    heat_pump = _create_transcript("Heat pump, weekly meeting", HEAT_PUMP, people, days_ago=6)
    budget = _create_transcript("Budget, second half", BUDGET, people, days_ago=3)
    interview = _create_transcript("Interview with Ana Ruiz", INTERVIEW, people, days_ago=1)
    unnamed = heat_pump.speakers.get(person=None)
    return Meetings(people[ANA], people[BEN], people[CLARA], heat_pump, budget, interview, unnamed)


def embedding_of(number: int, take: int, closeness: float = 0.85) -> Vector:
    """Return an embedding of a voice: two of one voice are near, of two voices are not."""
    own = _direction(number)
    noise = _direction(1000 + 50 * number + take)
    mixed = closeness * own + np.sqrt(1 - closeness**2) * noise
    return np.asarray(mixed / np.linalg.norm(mixed))


def _direction(seed: int) -> Vector:
    random = np.random.default_rng(seed).normal(size=DIMENSION)
    return np.asarray(random / np.linalg.norm(random))


def _enrol_people(people: Mapping[int, Person]) -> None:
    for number, person in people.items():
        for take in range(4):
            _create_voiceprint(person, embedding_of(number, take), 14.0 + 3 * take)
    # Enrolled from a recording in which another person spoke.
    _create_voiceprint(people[BEN], embedding_of(CLARA, 9), 11.0)


def _create_voiceprint(person: Person, vector: Vector, speech_s: float) -> None:
    Voiceprint.objects.create(
        person=person,
        space=Space.for_engine(SPACE),
        vector=list(vector),
        source="enrolment",
        speech_s=speech_s,
        quality={"cohesion": 0.86, "clipped": 0.004},
        created_by="desk",
    )


def _create_transcript(
    name: str, lines: Sequence[tuple[int, str]], people: Mapping[int, Person], *, days_ago: int
) -> Transcript:
    ends = np.cumsum([len(text.split()) * MILLISECONDS_PER_WORD + 400 for _, text in lines])
    stored = Transcript.objects.create(
        recording_name=name,
        sha256=SHA256,
        duration=float(ends[-1]) / 1000,
        language="en",
        mode="mono",
        engine_models={"transcription": "parakeet", "embedding": SPACE},
        result={"speakers": [], "segments": []},
        created_by="desk",
    )
    recorded = timezone.now() - timedelta(days=days_ago)
    Transcript.objects.filter(pk=stored.pk).update(created_at=recorded, recorded_at=recorded)
    speakers = {
        number: _create_speaker(stored, number, people.get(number), label)
        for label, number in enumerate(dict.fromkeys(number for number, _ in lines))
    }
    Block.objects.bulk_create(
        Block(
            transcript=stored,
            speaker=speakers[number],
            position=position,
            start_ms=end - len(text.split()) * MILLISECONDS_PER_WORD,
            end_ms=end,
            text=text,
        )
        for position, ((number, text), end) in enumerate(zip(lines, ends.tolist(), strict=True))
    )
    return stored


def _create_speaker(
    stored: Transcript, number: int, person: Person | None, label: int
) -> TranscriptSpeaker:
    return TranscriptSpeaker.objects.create(
        transcript=stored,
        label=f"Speaker_{label}",
        name=person.name if person else "Unknown_0",
        person=person,
        source="voiceprint" if person else "unmatched",
        match_similarity=0.81 if person else None,
        embedding=list(embedding_of(number, 20 + stored.recording_name.count("e"))),
        space=Space.for_engine(SPACE),
        speech_s=18.0,
    )
