"""The `identify` command: the known voices in a recording."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from audio.management.console import CommandWithExamples
from voiceprints.management import arguments
from voiceprints.management.command_errors import reported_as_command_errors
from voiceprints.matching.speaker_identification import IdentifiedSpeaker, identify_speakers


class Command(CommandWithExamples):
    """identify FILE"""

    help = """Print the people whose voices are most similar to each speaker of a recording.

A speaker is named when the similarity reaches the threshold of the embedding space, and the lead
over the next person reaches its margin. 'ambiguous' means that the lead is too small, 'unknown'
that no voice is similar enough.

  manage.py identify meeting.wav --limit 5"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a recording in any format")
        parser.add_argument(
            "--limit",
            type=int,
            default=3,
            metavar="N",
            help="print N candidates per speaker (default: 3)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        recording = arguments.read_recording(options["file"])
        with reported_as_command_errors():
            speakers = identify_speakers(
                recording, actor=arguments.operator("identify"), limit=max(1, options["limit"])
            )
        if options["json"]:
            content = {"speakers": [_json(speaker) for speaker in speakers]}
            self.stdout.write(json.dumps(content, ensure_ascii=False, indent=2))
            return
        for speaker in speakers:
            self.stdout.write("\n".join(_lines(speaker)))
        if not speakers:
            self.stdout.write("The recording contains no speech.")


def _lines(speaker: IdentifiedSpeaker) -> Iterator[str]:
    found = speaker.identification
    lead = "" if found.margin is None else f", {found.margin:.2f} above the next"
    yield f"{speaker.label}, {speaker.speech_s:.1f} s: {found.decision}{lead}"
    for rank, candidate in enumerate(found.candidates, start=1):
        yield f"  {rank:2}. {candidate.similarity:5.2f}  {candidate.name}"


def _json(speaker: IdentifiedSpeaker) -> dict[str, object]:
    found = speaker.identification
    return {
        "speaker": speaker.label,
        "speech_s": round(speaker.speech_s, 3),
        "decision": found.decision,
        "person": None if found.match is None else str(found.match.person_id),
        "margin": None if found.margin is None else round(found.margin, 4),
        "candidates": [
            {
                "person": str(candidate.person_id),
                "name": candidate.name,
                "similarity": round(candidate.similarity, 4),
            }
            for candidate in found.candidates
        ],
    }
