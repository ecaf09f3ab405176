"""Have the engines speak made-up names in sentences, and write down what they hear of them.

    python -m spark_control.laptop --no-database -- \\
        python -m benchmarks.synthetic.spoken_names FILE [--names 200]

FILE is JSON for `benchmarks.spelling --heard`. Four names share a recording.
"""

import argparse
import json
import sys
from pathlib import Path

import httpx
from numpy.random import default_rng

from benchmarks.measures.requests import LONGEST_WAIT_S, SETTINGS
from benchmarks.synthetic.made_up_names import made_up_names, sentences_with
from spark_control.laptop.gateway import Gateway, running_gateway

VOICES = ("bm_george", "bf_emma", "am_michael", "af_heart")
NAMES_PER_RECORDING = 4


def main() -> int:
    """Write the file, one recording after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--names", type=int, default=200)
    given = parser.parse_args()
    random = default_rng(1)
    names = made_up_names(random, given.names)
    sentences = sentences_with(random, names)
    given.file.parent.mkdir(parents=True, exist_ok=True)
    heard: list[dict[str, object]] = []
    with running_gateway(given.file.with_suffix(".log"), SETTINGS) as gateway:
        for start in range(0, len(names), NAMES_PER_RECORDING):
            part = slice(start, start + NAMES_PER_RECORDING)
            voice = VOICES[start // NAMES_PER_RECORDING % len(VOICES)]
            text = _heard(gateway, " ".join(sentences[part]), voice)
            heard.append({"names": names[part], "heard": text})
            given.file.write_text(json.dumps(heard))
            print(text, file=sys.stderr, flush=True)
    return 0


def _heard(gateway: Gateway, text: str, voice: str) -> str:
    """Return what the words engine hears of a text that the speech engine speaks."""
    asked = {"input": text, "voice": voice, "response_format": "wav"}
    spoken = httpx.post(f"{gateway.url}/v1/audio/speech", json=asked, timeout=LONGEST_WAIT_S)
    recording = {"file": ("names.wav", spoken.raise_for_status().content)}
    url = f"{gateway.url}/v1/audio/transcriptions"
    answer = httpx.post(url, files=recording, timeout=LONGEST_WAIT_S).raise_for_status()
    return str(answer.json()["text"])


if __name__ == "__main__":
    sys.exit(main())
