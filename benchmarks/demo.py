"""Name the speakers of a two-track meeting: the gateway's main job in one command.

Sends the clinic meeting to label-merge as any client would, prints the transcript, and scores it
against the reference. `make demo` runs it with the built-in engine.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.measures.transcript_scores import Said, score
from benchmarks.recorded_meetings import CLINIC, LOCAL_USER, Meeting
from spark_control.laptop.gateway import running_gateway
from spark_control.laptop.processes import StartError
from spark_control.laptop.step_progress import progress

LOG = Path("var/demo/gateway.log")
COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red")
LONGEST_WAIT_S = 600.0
Answer = dict[str, Any]

console = Console(highlight=False)


def main() -> int:
    """Run the demo; print what to do when it fails."""
    try:
        with _gateway() as url:
            answer, seconds = _label_merge(url, Meeting(CLINIC))
        _print_transcript(answer)
        _print_speaking_times(answer)
        _print_score(answer, seconds)
        _print_what_next()
    except (StartError, httpx.HTTPError) as failure:
        console.print(f"The demo failed: {failure}", style="bold red", markup=False)
        console.print(
            f"Details are in {LOG} and {LOG.with_name('engine.log')}. Then run make demo again."
        )
        return 1
    return 0


@contextmanager
def _gateway() -> Iterator[str]:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    settings = {"API_KEYS": "", "ALLOWED_HOSTS": "127.0.0.1", "DATABASE_URL": ""}
    with ExitStack() as everything:
        with progress("gateway"):
            gateway = everything.enter_context(running_gateway(LOG, settings))
        yield gateway.url


def _label_merge(url: str, meeting: Meeting) -> tuple[Answer, float]:
    """Return the answer of label-merge and the seconds it took."""
    tracks = {f"{track}_file": meeting.folder / f"{track}.flac" for track in ("mic", "system")}
    started = time.monotonic()
    with progress("transcript of 2 tracks, about a minute"):
        response = httpx.post(
            f"{url}/api/audio/label-merge",
            files={field: path.read_bytes() for field, path in tracks.items()},
            data={"timeline": meeting.timeline, "self_name": LOCAL_USER},
            timeout=LONGEST_WAIT_S,
        )
        if response.is_error:
            raise StartError(f"{response.status_code} {response.text[:500]}")
    answer: Answer = response.json()
    return answer, time.monotonic() - started


def _print_transcript(answer: Answer) -> None:
    colours = _colours(answer)
    lines = Table.grid(padding=(0, 2, 0, 0))
    for segment in answer["segments"]:
        name = Text(segment["speaker"], style=f"bold {colours.get(segment['speaker'], 'white')}")
        lines.add_row(Text(_clock(segment["start_ms"]), style="dim"), name, segment["text"])
    console.print()
    console.print(lines, markup=False)


def _print_speaking_times(answer: Answer) -> None:
    colours = _colours(answer)
    seconds: dict[str, float] = {}
    for segment in answer["segments"]:
        spoken = (segment["end_ms"] - segment["start_ms"]) / 1000
        seconds[segment["speaker"]] = seconds.get(segment["speaker"], 0.0) + spoken
    table = Table("who", "spoke", "share", "named by", box=None, padding=(0, 3, 0, 0))
    named_by = {speaker["name"]: speaker["source"] for speaker in answer["speakers"]}
    for name, spoken in sorted(seconds.items(), key=lambda item: -item[1]):
        share = f"{spoken / sum(seconds.values()):.0%}"
        who = Text(name, style=colours.get(name, "white"))
        table.add_row(who, f"{spoken:.0f} s", share, named_by.get(name, ""))
    console.print()
    console.print(table)


def _print_score(answer: Answer, seconds: float) -> None:
    reference = [Said(u.name, u.text) for u in Meeting(CLINIC).utterances]
    transcript = [Said(s["speaker"], s["text"]) for s in answer["segments"]]
    measured = score(reference, transcript)
    console.print(f"\nmeasured against the {measured.words} words of the reference:")
    console.print(f"  word error rate              {measured.word_error_rate:.2%}")
    console.print(f"  words under the right name   {measured.rightly_named:.2%}")
    console.print(f"  echo in the microphone       {_echo(answer)}")
    console.print(
        f"  processing time              {seconds:.1f} s for {answer['duration']:.1f} s of "
        f"meeting, {seconds / answer['duration']:.2f} of its length"
    )


def _echo(answer: Answer) -> str:
    echo = answer.get("echo") or {}
    if not echo.get("found"):
        return "none found"
    return f"{echo['delay_ms']:.0f} ms late, made {echo['attenuation_db']:.0f} dB weaker"


def _print_what_next() -> None:
    console.print("\nnext:")
    console.print(
        "  make run            serve it; the API docs are at http://127.0.0.1:8000/api/docs"
    )
    console.print("  the same transcript with curl:")
    console.print(
        "    curl http://127.0.0.1:8000/api/audio/label-merge \\\n"
        "      -F mic_file=@benchmarks/clinic/mic.flac \\\n"
        "      -F system_file=@benchmarks/clinic/system.flac \\\n"
        "      -F 'timeline=<benchmarks/clinic/timeline.json' \\\n"
        f"      -F 'self_name={LOCAL_USER}' -F format=txt",
        soft_wrap=True,
    )


def _colours(answer: Answer) -> dict[str, str]:
    names = dict.fromkeys(speaker["name"] for speaker in answer["speakers"])
    return dict(zip(names, COLOURS, strict=False))


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes:>3}:{seconds:02}"


if __name__ == "__main__":
    sys.exit(main())
