"""The front page in a real browser: a recording in, a named transcript out, without curl."""

import base64
import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.accessibility import serious_findings
from tests.browser.cut_connection import cutting_relay
from tests.conftest import CLINIC
from tests.engine_answers import DIARIZE, SPEAK, TRANSCRIBE, script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE, cut_of

TIMELINE = json.dumps([{"start": 0, "end": 4, "name": "Ana"}]).encode()


def payload(name: str, content: bytes) -> FilePayload:
    """A file to choose; the page goes by its name."""
    return FilePayload(name=name, mimeType="", buffer=content)


NAME = "weekly, 7"
RECORDING = payload(f"{NAME}.wav", TONE)
SHOWN = payload("shown.json", TIMELINE)
LISTENS_MS = 300_000
# More than the page itself asks for, and less than the upload that is cut.
LET_THROUGH = 400_000


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A page of a visitor who is logged in nowhere."""
    context = browser.new_context(permissions=["microphone"], accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.mark.models
def test_two_dropped_tracks_and_a_timeline_become_a_named_transcript(
    visitor: Page, gateway: Gateway, tmp_path: Path
) -> None:
    tracks = [cut_of(CLINIC / f"{name}.flac", 36, tmp_path / f"{name}.wav") for name in TRACKS]
    shown = [one for one in json.loads((CLINIC / "timeline.json").read_text()) if one["end"] < 36]
    (tmp_path / "timeline.json").write_text(json.dumps(shown))

    visitor.goto(f"{gateway.url}/")
    drop(visitor, [*tracks, tmp_path / "timeline.json"])
    visitor.get_by_label("Who speaks into the microphone?").fill("George Hall")
    visitor.get_by_role("button", name="Name the speakers").click()

    expect(visitor.get_by_role("heading", name="Transcript")).to_be_focused(timeout=LISTENS_MS)
    expect(visitor.locator(".lane .who")).to_have_text(
        ["George Hall", "Emma Brook", "Michael Reyes"]
    )
    expect(visitor.locator(".block", has_text="Emma Brook").first).to_contain_text("figures")


TRACKS = ("mic", "system")


def test_every_download_and_the_command_have_the_answer_of_the_api(
    visitor: Page, scripted: Gateway, faults: FaultServer, tmp_path: Path
) -> None:
    transcribe(visitor, scripted, faults)
    (tmp_path / RECORDING["name"]).write_bytes(TONE)
    (tmp_path / SHOWN["name"]).write_bytes(TIMELINE)

    command = shlex.split(visitor.locator("#curl").inner_text().replace("\\\n", ""))
    fetched = {form: run(command, form, tmp_path) for form in ("txt", "srt", "vtt", "rttm")}

    assert json.loads(downloaded(visitor, "json")) == json.loads(run(command, "json", tmp_path))
    assert {form: downloaded(visitor, form) for form in fetched} == fetched
    assert "Ana: Good morning." in fetched["txt"]


def test_words_are_followed_and_played_from_a_click(
    visitor: Page, scripted: Gateway, faults: FaultServer
) -> None:
    transcribe(visitor, scripted, faults)

    # The recording has one second, and the first words begin at its end.
    visitor.locator("#player audio").evaluate("audio => { audio.muted = true; }")
    visitor.get_by_role("button", name="Play from 0:01").click()

    expect(visitor.locator(".block.now")).to_contain_text("Good morning.")


def test_a_recording_from_the_microphone_is_transcribed(
    visitor: Page, scripted: Gateway, faults: FaultServer
) -> None:
    script_meeting(faults)
    visitor.goto(f"{scripted.url}/")

    visitor.get_by_role("button", name="Record from the microphone").click()
    visitor.get_by_role("button", name="Stop recording (0:01)").click()
    visitor.get_by_role("button", name="Name the speakers").click()

    expect(visitor.locator(".lane .who")).to_have_text(["Unknown_0", "Unknown_1"])
    expect(visitor.locator(".chosen .name")).to_contain_text("recording-")


def test_a_key_is_asked_for_and_stored_in_the_tab_only(
    visitor: Page, keyed: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, TONE, content_type="audio/wav")
    visitor.goto(f"{keyed.url}/")
    enter_key(visitor, "wrong")
    expect(visitor.locator("#key-problem")).to_have_text("Incorrect API key provided.")

    enter_key(visitor, "desk-key")
    visitor.reload()
    visitor.get_by_role("button", name="Speak", exact=True).click()

    expect(visitor.get_by_label("The spoken text")).to_be_visible()
    assert faults.asked[-1].headers.get("authorization") is None
    other_tab = visitor.context.new_page()
    other_tab.goto(f"{keyed.url}/")
    expect(other_tab.get_by_role("button", name="Use this key")).to_be_visible()


def test_a_key_without_the_scope_is_refused_in_words(visitor: Page, keyed: Gateway) -> None:
    visitor.goto(f"{keyed.url}/")
    enter_key(visitor, "reader-key")

    visitor.get_by_label("Choose files").set_input_files([RECORDING])
    visitor.get_by_role("button", name="Name the speakers").click()

    expect(visitor.locator("#problem")).to_have_text("This API key lacks the scope 'audio'.")


def test_an_upload_that_is_cut_is_reported(visitor: Page, scripted: Gateway) -> None:
    with cutting_relay(scripted.url, after=LET_THROUGH) as url:
        visitor.goto(url)
        visitor.get_by_label("Choose files").set_input_files([payload("weekly.wav", TONE * 50)])
        visitor.get_by_role("button", name="Name the speakers").click()

        # At a share, unless the kernel took the whole upload before it was cut.
        expect(visitor.locator("#problem")).to_contain_text("broke off")
        expect(visitor.get_by_role("button", name="Name the speakers")).to_be_enabled()


def test_a_refused_timeline_is_explained_by_the_page(
    visitor: Page, scripted: Gateway, faults: FaultServer
) -> None:
    script_meeting(faults)
    visitor.goto(f"{scripted.url}/")

    visitor.get_by_label("Choose files").set_input_files(
        [RECORDING, payload("shown.json", b'[{"start": 4, "end": 1, "name": "Ana"}]')]
    )
    visitor.get_by_role("button", name="Name the speakers").click()

    expect(visitor.locator("#problem")).to_contain_text("timeline")
    assert {one.path for one in faults.asked}.isdisjoint({TRANSCRIBE, DIARIZE})


def test_a_third_recording_is_not_taken(visitor: Page, bare: Gateway) -> None:
    visitor.goto(f"{bare.url}/")
    recordings = [payload(f"{name}.wav", TONE) for name in ("remote", "mine", "third")]

    visitor.get_by_label("Choose files").set_input_files(recordings)

    expect(visitor.locator("#problem")).to_contain_text("third.wav was not added")
    expect(visitor.get_by_label("What remote.wav is")).to_have_value("system_file")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    visitor: Page, scripted: Gateway, faults: FaultServer, scheme: Literal["light", "dark"]
) -> None:
    visitor.emulate_media(color_scheme=scheme)
    transcribe(visitor, scripted, faults)
    visitor.locator("summary").click()

    assert serious_findings(visitor) == []


def test_a_gateway_without_engines_says_so_and_loads_from_no_other_site(
    visitor: Page, bare: Gateway
) -> None:
    console: list[str] = []
    asked: list[str] = []
    visitor.on("console", lambda message: console.append(message.text))
    visitor.on("pageerror", lambda error: console.append(str(error)))
    visitor.on("request", lambda request: asked.append(request.url))

    visitor.goto(f"{bare.url}/")

    expect(visitor.get_by_text("Speech to text: not set up")).to_be_visible()
    expect(visitor.get_by_role("link", name="Voice library")).to_have_count(0)
    assert console == []
    assert [url for url in asked if not url.startswith(bare.url)] == []


def transcribe(visitor: Page, gateway: Gateway, faults: FaultServer) -> None:
    """Have a scripted meeting transcribed, with a timeline that names Ana."""
    script_meeting(faults)
    visitor.goto(f"{gateway.url}/")
    visitor.get_by_label("Choose files").set_input_files([RECORDING, SHOWN])
    visitor.get_by_role("button", name="Name the speakers").click()
    expect(visitor.locator(".block").first).to_be_visible()


def drop(visitor: Page, paths: list[Path]) -> None:
    """Drop files from the desktop into the frame."""
    files = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths]
    transfer = visitor.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
                transfer.items.add(new File([bytes], name));
            }
            return transfer;
        }""",
        files,
    )
    visitor.dispatch_event("#drop", "drop", {"dataTransfer": transfer})


def enter_key(visitor: Page, key: str) -> None:
    visitor.get_by_role("textbox", name="API key").fill(key)
    visitor.get_by_role("button", name="Use this key").click()


def downloaded(visitor: Page, form: str) -> str:
    """Download the result in one format."""
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name=form, exact=True).click()
    assert download.value.suggested_filename == f"{NAME}.{form}"
    return download.value.path().read_text()


def run(command: list[str], form: str, folder: Path) -> str:
    """Run the command that the page shows, for another format."""
    return subprocess.run(
        [*command, "-sS", "--fail-with-body", "--form-string", f"format={form}"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
