"""Three people, and meetings in which a fourth speaks, whom nobody has named yet."""

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
ANA, BEN, CLARA, STRANGER = range(4)
MILLISECONDS_A_WORD = 380

HEAT_PUMP = (
    (ANA, "Good morning. Shall we start with the heat pump? The supplier answered last night."),
    (BEN, "Yes, please. I read the offer on the train, and I am not sure about the price."),
    (STRANGER, "Hello, sorry I am late. The tram stood still at the bridge again."),
    (
        ANA,
        "No problem. We were only at the first point. The offer is a tenth over budget.",
    ),
    (
        STRANGER,
        "That is the second one in a row. I would ask them for the list price of each part, and "
        "I would ask the other supplier too before we sign anything.",
    ),
    (BEN, "I can call the other one today. They owe us an answer since the beginning of May."),
    (
        ANA,
        "Good. Then let us decide on Thursday, when we have both numbers in front of us. Is there "
        "anything else about the building?",
    ),
    (STRANGER, "Only the permit. The city wants a drawing of the yard with the new unit in it."),
    (BEN, "I have one from the survey. I will send it to you after lunch."),
    (ANA, "Perfect. Then that is all for today. Thank you both, and see you on Thursday."),
)
BUDGET = (
    (CLARA, "Let us go through the budget for the second half of the year."),
    (BEN, "Travel is down by a third, and the invoices of the workshop are all paid."),
    (STRANGER, "The invoice for the scaffolding is missing. It should arrive on Monday."),
    (CLARA, "Then I keep a place for it. How much will it be, about four thousand?"),
    (STRANGER, "A little more, because we kept it for another week in April."),
    (BEN, "I remember. It rained all week, and nobody could work on the roof."),
    (CLARA, "All right. With that we are still two per cent below the plan, which is good news."),
)
INTERVIEW = (
    (CLARA, "Thank you for coming. Would you tell us what you did before?"),
    (ANA, "I ran the office of an architect for six years, and before that I studied in Graz."),
    (CLARA, "And what would you like to do here in the first three months?"),
    (ANA, "I would listen, mostly, and put the archive in order so that others find things."),
)


@dataclass(frozen=True, slots=True)
class Meetings:
    """What was planted."""

    ana: Person
    ben: Person
    clara: Person
    heat_pump: Transcript
    budget: Transcript
    interview: Transcript
    stranger: TranscriptSpeaker


def plant_meetings() -> Meetings:
    """Fill an empty library."""
    people = {
        ANA: consenting("Ana Ruiz", aliases=["Ana", "A. Ruiz"], notes="Office, second floor."),
        BEN: consenting("Ben Ortner", consent_until=timezone.now() + timedelta(days=200)),
        CLARA: consenting("Clara Seidl"),
    }
    _plant_prints(people)
    heat_pump = _plant("Heat pump, weekly meeting", HEAT_PUMP, people, days_ago=6)
    budget = _plant("Budget, second half", BUDGET, people, days_ago=3)
    interview = _plant("Interview with Ana Ruiz", INTERVIEW, people, days_ago=1)
    stranger = heat_pump.speakers.get(person=None)
    return Meetings(
        people[ANA], people[BEN], people[CLARA], heat_pump, budget, interview, stranger
    )


def voice(number: int, take: int, closeness: float = 0.85) -> Vector:
    """One recording of a voice: two of one voice are near, of two voices are not."""
    own = _direction(number)
    chance = _direction(1000 + 50 * number + take)
    mixed = closeness * own + np.sqrt(1 - closeness**2) * chance
    return np.asarray(mixed / np.linalg.norm(mixed))


def _direction(seed: int) -> Vector:
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return np.asarray(drawn / np.linalg.norm(drawn))


def _plant_prints(people: Mapping[int, Person]) -> None:
    for number, person in people.items():
        for take in range(4):
            _plant_print(person, voice(number, take), 14.0 + 3 * take)
    # Learned from a recording in which somebody else spoke.
    _plant_print(people[BEN], voice(CLARA, 9), 11.0)


def _plant_print(person: Person, vector: Vector, speech_s: float) -> None:
    Voiceprint.objects.create(
        person=person,
        space=Space.for_engine(SPACE),
        vector=list(vector),
        source="enrolment",
        speech_s=speech_s,
        quality={"cohesion": 0.86, "clipped": 0.004},
        created_by="desk",
    )


def _plant(
    name: str, said: Sequence[tuple[int, str]], people: Mapping[int, Person], *, days_ago: int
) -> Transcript:
    ends = np.cumsum([len(text.split()) * MILLISECONDS_A_WORD + 400 for _, text in said])
    kept = Transcript.objects.create(
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
    Transcript.objects.filter(pk=kept.pk).update(created_at=recorded, recorded_at=recorded)
    speakers = {
        number: _plant_speaker(kept, number, people.get(number), label)
        for label, number in enumerate(dict.fromkeys(number for number, _ in said))
    }
    Block.objects.bulk_create(
        Block(
            transcript=kept,
            speaker=speakers[number],
            position=position,
            start_ms=end - len(text.split()) * MILLISECONDS_A_WORD,
            end_ms=end,
            text=text,
        )
        for position, ((number, text), end) in enumerate(zip(said, ends.tolist(), strict=True))
    )
    return kept


def _plant_speaker(
    kept: Transcript, number: int, person: Person | None, label: int
) -> TranscriptSpeaker:
    return TranscriptSpeaker.objects.create(
        transcript=kept,
        label=f"Speaker_{label}",
        name=person.name if person else "Unknown_0",
        person=person,
        source="voiceprint" if person else "unmatched",
        match_similarity=0.81 if person else None,
        embedding=list(voice(number, 20 + kept.recording_name.count("e"))),
        space=Space.for_engine(SPACE),
        speech_s=18.0,
    )
