"""The report of a running engine, to be read and to be sent in."""

import argparse
import json
import platform
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from nvidia_engine.report import gpu
from nvidia_engine.report.engine_client import EngineClient
from nvidia_engine.report.error_rates import Span, cp_wer, der, wer
from nvidia_engine.report.gpu import watched_memory

CLINIC = Path(__file__).resolve().parents[2] / "benchmarks" / "clinic"
TRANSCRIBE, DIARIZE = "/v1/audio/transcriptions", "/v1/audio/diarize-chunk"
DESCRIPTION = """\
Ask a running engine about itself: device, versions, the known answer, error rates on a meeting of
three people (synthetic speech, 166 s), seconds of audio a second, peak memory.

The JSON holds no recording, no address and no name of this machine.
"""


def main() -> int:
    """Run the command; 1 when the engine cannot be asked."""
    options = parse_options()
    client = EngineClient(options.url.rstrip("/"))
    try:
        report = make_report(client, options.requests)
    except (OSError, ValueError) as error:
        print(f"The engine cannot be asked: {error}", file=sys.stderr)
        return 1
    text = json.dumps(report, indent=1)
    if options.out:
        options.out.write_text(text + "\n")
    print(text if options.json else as_text(report))
    return 0


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m nvidia_engine.report",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", default="http://127.0.0.1:9100", help="of the engine")
    parser.add_argument(
        "--requests",
        type=counts,
        default="1,8,32",
        help="how many are under way when speed is measured",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--out", type=Path, help="write the JSON into this file, too")
    return parser.parse_args()


def counts(text: str) -> list[int]:
    """Read whole numbers from 1 on, separated by commas."""
    numbers = [int(part) for part in text.split(",")]
    if min(numbers) < 1:
        raise ValueError
    return numbers


def make_report(client: EngineClient, requests: list[int]) -> dict[str, Any]:
    """Ask everything.

    Raises
    ------
    OSError
        When the engine cannot be reached or refuses.
    """
    with watched_memory() as gpu_memory:
        report = _measure(client, requests)
    return {**report, "gpu_memory_mb": gpu_memory.mb}


def _measure(client: EngineClient, requests: list[int]) -> dict[str, Any]:
    recording = (CLINIC / "mono.flac").read_bytes()
    transcription, diarization = (client.post(path, recording) for path in (TRANSCRIBE, DIARIZE))
    duration = transcription["duration"]
    health = client.health()
    return {
        "engine": {
            key: health[key] for key in ("device", "models", "max_speakers", "probe", "versions")
        },
        "machine": {"processor": platform.machine(), "gpu": gpu.describe()},
        "clinic": error_rates(transcription, diarization),
        "audio_seconds_a_second": {
            name: {n: round(client.speed(path, recording, duration, n), 1) for n in requests}
            for name, path in (("transcription", TRANSCRIBE), ("diarization", DIARIZE))
        },
        "peak_memory_mb": client.health()["peak_memory_mb"],
    }


def error_rates(transcription: dict[str, Any], diarization: dict[str, Any]) -> dict[str, float]:
    """Compare words and turns with the reference, in percent."""
    reference = json.loads((CLINIC / "reference.json").read_text())
    texts: dict[str, str] = defaultdict(str)
    spans: dict[str, list[Span]] = defaultdict(list)
    for turn in reference:
        texts[turn["spk"]] += turn["text"] + " "
        spans[turn["spk"]] += turn["speech"]
    heard: dict[str, list[Span]] = defaultdict(list)
    for segment in diarization["segments"]:
        heard[segment["speaker"]].append((segment["start_s"], segment["end_s"]))
    whole = " ".join(turn["text"] for turn in reference)
    said = spoken_by(transcription["words"], diarization["segments"])
    rates = {
        "wer": wer(whole, transcription["text"]),
        "cp_wer": cp_wer(texts, said),
        "der": der(spans, heard, diarization["duration"]),
    }
    return {name: round(100 * rate, 2) for name, rate in rates.items()}


def spoken_by(words: list[dict[str, Any]], segments: list[dict[str, Any]]) -> dict[str, str]:
    """Give each word to the speaker whose segment its middle is in, or is nearest to."""
    texts: dict[str, str] = defaultdict(str)
    for word in words:
        middle = (word["start"] + word["end"]) / 2

        def distance(segment: dict[str, Any], middle: float = middle) -> float:
            return float(max(segment["start_s"] - middle, middle - segment["end_s"], 0.0))

        nearest = min(segments, key=distance, default={"speaker": ""})
        texts[nearest["speaker"]] += word["text"] + " "
    return texts


def as_text(report: dict[str, Any]) -> str:
    """Put the report into lines."""
    engine, clinic = report["engine"], report["clinic"]
    lines = [
        f"device         {engine['device']} {', '.join(report['machine']['gpu'])}".rstrip(),
        f"models         {', '.join(engine['models'].values())}",
        f"versions       {', '.join(f'{k} {v}' for k, v in engine['versions'].items())}",
        f"known answer   {engine['probe']['verdict']}",
        f"clinic         WER {clinic['wer']} %, cpWER {clinic['cp_wer']} %, DER {clinic['der']} %",
    ]
    for name, speeds in report["audio_seconds_a_second"].items():
        said = ", ".join(f"{speed} with {count}" for count, speed in speeds.items())
        lines.append(f"{name:<14} {said} under way (seconds of audio a second)")
    lines.append(f"peak memory    {report['peak_memory_mb']} MB")
    if report["gpu_memory_mb"] is not None:
        lines.append(f"GPU memory     {report['gpu_memory_mb']} MB at most, of all programs")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
