"""Measure how long a five-hour transcript of 9,000 blocks takes to open on the desk.

    .venv/bin/python -m spark_control.laptop --no-engines --data var/desk_opening -- \\
        .venv/bin/python -m benchmarks.desk_opening

It needs chromium. The transcript has six speakers, two of them unnamed, and the words of each
block; every 40th word has a low confidence. `answered` is when the browser has the page, `usable`
when it can be scrolled and corrected, from the request on; `corrected` is how long it takes to
give a block to another speaker, and to show it so. Medians, and the slowest.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.test import Client
from numpy.random import default_rng
from playwright.sync_api import Page, sync_playwright

from benchmarks import with_library  # noqa: F401 — before the models
from benchmarks.synthetic.sentences import sentences
from spark_control.laptop.gateway import running_gateway
from voiceprints.models import Block, Transcript, TranscriptSpeaker

HOURS, BLOCKS, SPEAKERS, UNNAMED = 5, 9_000, 6, 2
BLOCK_MS = HOURS * 3_600_000 // BLOCKS
DOUBTFUL_EVERY = 40
ROUNDS = 11
FIGURES = ("answered", "usable", "corrected")
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
# Milliseconds since the request: when the answer had arrived, and when the script had run.
OPENED = """() => {
    const [page] = performance.getEntriesByType("navigation");
    return [page.responseEnd, performance.now()];
}"""


def main() -> int:
    """Open the transcript several times, and print the times in milliseconds."""
    # Before Playwright's event loop runs in this thread, in which Django refuses the database.
    transcript, session = _store(), _log_in()
    with (
        TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        running_gateway(Path(folder) / "log", {"API_KEYS": ""}) as gateway,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=gateway.url)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": gateway.url}]
        )
        address = f"/admin/voiceprints/transcript/{transcript}/change/?page=12"
        rounds = [_open(context.new_page(), address) for _ in range(ROUNDS)]
        browser.close()
    for name, times in zip(FIGURES, zip(*rounds, strict=True), strict=True):
        print(f"{name}: median {median(times):.0f} ms, slowest {max(times):.0f} ms")
    return 0


def _open(page: Page, address: str) -> tuple[float, float, float]:
    page.goto(address, wait_until="commit")
    page.locator("#desk-tools").wait_for(state="visible")
    answered, usable = page.evaluate(OPENED)
    page.locator(".line").nth(7).click()
    other = page.locator(".line.chosen").get_attribute("data-label") == "Speaker_0"
    began = page.evaluate("performance.now()")
    page.keyboard.press("2" if other else "1")
    page.locator("#desk-status:not(:empty)").wait_for()
    corrected = page.evaluate("performance.now()") - began
    page.close()
    return answered, usable, corrected


def _log_in() -> str:
    # Django's users are models too, which sorted imports would load too early.
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    users.filter(username="bench").delete()
    client = Client()
    client.force_login(users.create_superuser("bench"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _store() -> str:
    Transcript.objects.all().delete()
    transcript = Transcript.objects.create(
        recording_name="A day in court",
        sha256="0" * 64,
        duration=HOURS * 3600.0,
        language="en",
        mode="mono",
        result={"speakers": [], "segments": []},
        created_by="bench",
    )
    speakers = [_speaker(transcript, number) for number in range(SPEAKERS)]
    random = default_rng(21)
    texts = 2 * sentences(random, BLOCKS // 2)
    turns = random.integers(SPEAKERS, size=BLOCKS)
    Block.objects.bulk_create(
        (_block(speakers[turns[n]], n, text) for n, text in enumerate(texts)), batch_size=1000
    )
    return str(transcript.pk)


def _speaker(transcript: Transcript, number: int) -> TranscriptSpeaker:
    is_unnamed = number >= SPEAKERS - UNNAMED
    return TranscriptSpeaker.objects.create(
        transcript=transcript,
        label=f"Speaker_{number}",
        name=f"Unknown_{number}" if is_unnamed else f"Person {number}",
        source="unmatched" if is_unnamed else "visual",
    )


def _block(speaker: TranscriptSpeaker, n: int, text: str) -> Block:
    words = list(_words(n, text.split()))
    return Block(
        transcript_id=speaker.transcript_id,
        speaker=speaker,
        position=n,
        start_ms=n * BLOCK_MS,
        end_ms=(n + 1) * BLOCK_MS - 100,
        text=text,
        words=words,
        lowest_confidence=0.3 if any(word[-1] == 0.3 for word in words) else 0.95,
    )


def _words(n: int, spellings: list[str]) -> Iterator[list[object]]:
    for at, spelling in enumerate(spellings):
        start = n * BLOCK_MS + at * 120
        is_doubtful = (n * 11 + at) % DOUBTFUL_EVERY == 0
        gap = " " if at else ""
        yield [start, start + 120, gap + spelling, False, 0.3 if is_doubtful else 0.95]


if __name__ == "__main__":
    sys.exit(main())
