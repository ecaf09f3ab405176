"""The page of a transcript as a desk: blocks corrected by keyboard, undone, and in conflict."""

from typing import Literal

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.accessibility import serious_findings
from tests.browser.meetings import Meetings
from tests.engine_answers import MEETING_TRANSCRIPTION, TRANSCRIBE, script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav
from voiceprints.admin.transcript.lines import BLOCKS_PER_PAGE
from voiceprints.models import AuditEntry, Block, Correction, Transcript

CONFLICT = "This transcript was changed elsewhere"
# Only one of the players is in the page: all are noted when they play.
WATCH_AUDIO = """() => {
    window.audios = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        if (!audios.includes(this)) audios.push(this);
        return play.call(this);
    };
}"""


def test_a_transcript_is_corrected_by_keyboard_and_all_of_it_is_undone(
    page: Page, meetings: Meetings
) -> None:
    first = blocks_of(meetings.heat_pump)
    open_desk(page, meetings.heat_pump)

    page.keyboard.press("n")
    expect(chosen(page)).to_contain_text("Hello, sorry I am late.")
    page.keyboard.press("e")
    page.get_by_label("Text of the block").fill("Hello, <b>sorry</b> that I am late.")
    page.keyboard.press("Enter")
    expect(chosen(page).locator(".words")).to_have_text("Hello, <b>sorry</b> that I am late.")
    page.keyboard.press("m")
    expect(chosen(page).locator(".machine")).to_contain_text("Engine: Hello, sorry I am late.")
    page.keyboard.press("1")
    expect(page.locator("#desk-status")).to_have_text("The block was given to Ana Ruiz.")
    page.keyboard.press("j")
    expect(page.locator("#desk-status")).to_have_text("Joined.")
    expect(page.locator(".line")).to_have_count(len(first) - 1)
    split_at(page, len("Hello, "))
    expect(page.locator("#desk-status")).to_have_text("Split.")
    undo_everything(page, corrections=4)

    assert blocks_of(meetings.heat_pump) == first
    changes = AuditEntry.objects.filter(actor="admin:vera", action="transcript_corrected")
    assert changes.count() == 4


def test_the_history_says_who_corrected_what_kind_and_takes_the_newest_back(
    page: Page, meetings: Meetings
) -> None:
    open_desk(page, meetings.budget)
    page.locator("#desk-history summary").click()
    rows = page.locator("#desk-history li")
    expect(rows).to_have_text(["Nothing was corrected yet."])

    page.locator(".line").first.click()
    page.keyboard.press("e")
    page.get_by_label("Text of the block").fill("Secret words.")
    page.keyboard.press("Enter")
    expect(rows).to_contain_text(["text or speaker of a block, by admin:vera"])
    expect(page.locator("#desk-history")).not_to_contain_text("Secret")
    page.locator(".line").nth(1).click()
    page.keyboard.press("j")
    expect(page.locator("#desk-status")).to_have_text("Joined.")
    expect(rows).to_contain_text(["two blocks joined", "text or speaker of a block"])
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#desk-status")).to_have_text("The last correction was taken back.")

    expect(rows.first).to_contain_text("taken back by admin:vera")
    expect(rows.nth(1).get_by_role("button", name="Take it back")).to_be_visible()
    assert Correction.objects.in_force().get().kind == "block"


def test_an_unnamed_speaker_is_named_by_keyboard(page: Page, meetings: Meetings) -> None:
    open_desk(page, meetings.heat_pump)

    for key in ("n", "w"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Who is Unknown_0?")).to_be_visible()
    page.keyboard.press("0")
    page.keyboard.type("Dora Weiss")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Unknown_0 is now Dora Weiss.")).to_be_visible()


def test_kept_audio_is_played_and_its_words_are_followed(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    open_desk(page, store_with_audio(admin_gateway, faults))
    expect(page.locator("#waveform path")).to_have_count(1)

    page.locator(".line .at").nth(1).click()
    expect(page.locator(".line.now .spoken")).to_have_text("Hi!")
    page.locator(".line").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".line.now")).to_contain_text("Good morning.")
    page.keyboard.press("Space")
    expect(page.locator("#desk-player audio")).to_have_js_property("paused", True)
    page.keyboard.press("w")
    page.locator("audio.clip").first.evaluate("clip => { clip.muted = true; return clip.play(); }")


def test_corrections_do_not_interrupt_playback(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    stored = store_with_audio(admin_gateway, faults)
    open_desk(page, stored)
    page.evaluate("window.isSamePage = true")
    page.locator(".line .at").first.click()

    page.keyboard.press("2")
    expect(page.locator("#desk-status")).to_have_text("The block was given to Unknown_1.")
    split_at(page, len("Good "))
    expect(page.locator("#desk-status")).to_have_text("Split.")
    expect(chosen(page).locator(".words")).to_have_text("morning.")
    page.keyboard.press("u")
    expect(page.locator("#desk-status")).to_have_text("The last correction was taken back.")

    expect(chosen(page)).to_be_focused()
    expect(page.locator("#desk-player audio")).to_have_js_property("paused", False)
    assert page.evaluate("window.isSamePage")


def test_a_second_track_is_played_in_step(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    open_desk(page, store_with_audio(admin_gateway, faults, tracks=("mic_file", "system_file")))
    page.evaluate(WATCH_AUDIO)

    page.locator(".line .at").last.click()
    page.wait_for_function(
        "() => audios.length === 2 && audios.every((one) => one.currentTime > 6.2)"
    )

    times = page.evaluate("audios.map((one) => one.currentTime)")
    assert abs(times[0] - times[1]) < 0.2
    page.locator(".line").first.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => audios.every((one) => one.paused)")


def test_doubtful_words_are_marked_and_gone_through(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    open_desk(page, store_with_audio(admin_gateway, faults, confidences=(0.9, 0.31, 0.42)))
    expect(page.locator(".doubt")).to_have_text(["morning.", "Hi!"])

    page.keyboard.press("d")
    expect(page.locator(".doubt.here")).to_have_text("morning.")
    expect(page.locator("#desk-status")).to_contain_text("confidence is 31 %")
    expect(page.locator("#desk-player audio")).to_have_js_property("currentTime", 1.5)
    page.keyboard.press("e")
    page.get_by_label("Text of the block").fill("Good evening.")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-status")).to_have_text("Saved.")
    page.keyboard.press("d")

    expect(page.locator(".doubt")).to_have_text(["Hi!"])
    expect(chosen(page)).to_contain_text("Hi!")


def test_the_arrows_and_the_next_doubtful_word_cross_the_border_of_a_page(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    stored = store_with_audio(admin_gateway, faults)
    fill_a_page(stored, "The second page.", end_of_page_ms=4000)
    words = [[4000, 5000, "The second"], [5000, 6000, " page.", False, 0.2]]
    stored.blocks.filter(text="The second page.").update(words=words, lowest_confidence=0.2)
    open_desk(page, stored)

    page.locator(".line").last.focus()
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_contain_text("The second page.")
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_attribute("data-n", str(BLOCKS_PER_PAGE - 1))
    page.keyboard.press("d")
    expect(page.locator(".doubt.here")).to_have_text("page.")
    page.go_back()

    expect(page.locator(".line")).to_have_count(BLOCKS_PER_PAGE)


def test_playback_turns_the_pages_of_a_long_transcript(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    stored = store_with_audio(admin_gateway, faults)
    fill_a_page(stored, "The second page.", end_of_page_ms=4000)
    open_desk(page, stored)

    page.locator(".line .at").last.click()
    expect(page.locator(".line.now")).to_contain_text("The second page.")
    expect(page.locator("#desk-player audio")).to_have_js_property("paused", False)
    page.locator(".line").first.focus()
    page.keyboard.press("ArrowLeft")

    expect(page.locator(".line")).to_have_count(BLOCKS_PER_PAGE)
    expect(page.locator("#desk-player audio")).to_have_js_property("paused", False)


def test_a_page_is_not_turned_under_a_text_that_is_edited(
    page: Page, admin_gateway: Gateway, faults: FaultServer
) -> None:
    stored = store_with_audio(admin_gateway, faults)
    fill_a_page(stored, "The second page.", end_of_page_ms=4000)
    open_desk(page, stored)
    page.locator(".line").last.focus()
    page.keyboard.press("e")
    field = page.get_by_label("Text of the block")
    field.fill("Not saved yet.")

    page.locator(".line .at").last.click()
    until_time(page, 4.2)

    expect(field).to_have_value("Not saved yet.")
    field.press("Escape")
    expect(page.locator(".line.now")).to_contain_text("The second page.")


def test_a_block_gets_a_new_speaker_who_is_merged_again(page: Page, meetings: Meetings) -> None:
    open_desk(page, meetings.heat_pump)

    page.locator(".line").first.click()
    page.get_by_role("button", name="New speaker").click()
    expect(page.locator("#desk-status")).to_have_text("The block was given to a new speaker.")
    page.get_by_label("Merge Unknown_1 into").select_option("Ana Ruiz")

    expect(page.locator("#desk-status")).to_have_text("The speakers were merged.")
    expect(page.locator(".lane .speaker-name")).to_have_count(3)


def test_several_blocks_of_a_speaker_are_split_off_together(
    page: Page, meetings: Meetings
) -> None:
    ana = meetings.heat_pump.speakers.get(name="Ana Ruiz")
    meetings.heat_pump.blocks.filter(position__in=[0, 1, 2]).update(speaker=ana)
    open_desk(page, meetings.heat_pump)

    page.locator(".line .words").nth(1).click()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#desk-status")).to_have_text("Blocks that are chosen: 2.")
    page.get_by_role("button", name="New speaker").click()
    expect(page.locator("#desk-status")).to_have_text("2 blocks were given to a new speaker.")
    page.locator(".line .words").nth(1).click()
    page.locator(".line .words").nth(2).click(modifiers=["Shift"])
    page.keyboard.press("1")

    expect(page.locator("#desk-status")).to_have_text("2 blocks were given to Ana Ruiz.")
    assert meetings.heat_pump.blocks.filter(speaker=ana, position__in=[0, 1, 2]).count() == 3


def test_a_recording_is_added_from_the_list_and_opened_as_a_transcript(
    page: Page, admin_gateway: Gateway, meetings: Meetings, faults: FaultServer
) -> None:
    script_meeting(faults)
    page.goto("/admin/voiceprints/transcript/")

    page.get_by_role("link", name="Add a recording").click()
    page.get_by_label("Choose files").set_input_files(
        FilePayload(name="tuesday.wav", mimeType="", buffer=wav(square_wave(4000, 10.0)))
    )
    page.get_by_role("button", name="Name the speakers").click()
    page.get_by_role("link", name="open in the voice library").click()

    expect(page.get_by_role("heading", name="tuesday.wav")).to_be_visible()
    expect(page.locator("#desk-player audio")).to_be_visible()


def test_two_tabs_do_not_overwrite_each_other(
    page_with_messages: Page, meetings: Meetings
) -> None:
    page = page_with_messages
    open_desk(page, meetings.budget)
    Transcript.objects.filter(pk=meetings.budget.pk).count_version()

    page.locator(".line").first.focus()
    page.keyboard.press("e")
    page.get_by_label("Text of the block").fill("Overwritten.")
    page.keyboard.press("Enter")

    expect(page.locator("#desk-problem")).to_contain_text(CONFLICT)
    expect(page.get_by_label("Text of the block")).to_have_value("Overwritten.")
    assert not Block.objects.filter(text="Overwritten.").exists()
    Block.objects.filter(transcript=meetings.budget, position=0).update(text="From elsewhere.")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#desk-problem")).to_be_hidden()
    expect(page.locator(".editor .changed")).to_have_text("Now: From elsewhere.")
    page.get_by_label("Text of the block").press("Enter")

    expect(page.locator("#desk-status")).to_have_text("Saved.")
    assert Block.objects.filter(text="Overwritten.").exists()


def test_a_user_who_may_only_read_has_no_tools_and_no_endpoint(
    page_with_messages: Page, meetings: Meetings
) -> None:
    page = page_with_messages
    User.objects.filter(username="vera").update(is_superuser=False, is_staff=True)
    User.objects.get().user_permissions.add(Permission.objects.get(codename="view_transcript"))
    open_desk(page, meetings.budget)

    page.locator(".line").first.focus()
    page.keyboard.press("e")
    answer = page.evaluate(
        """async () => (await fetch(document.getElementById("desk").dataset.blocks + "/undo", {
            method: "POST",
            headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
        })).status"""
    )

    expect(page.get_by_label("Text of the block")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert answer == 403


def test_a_transcript_is_exported_from_its_page(page: Page, meetings: Meetings) -> None:
    open_desk(page, meetings.budget)

    with page.expect_download() as download:
        page.get_by_role("link", name="srt", exact=True).click()

    assert download.value.suggested_filename == "Budget, second half.srt"
    assert "The invoice for the scaffolding is missing." in download.value.path().read_text()


def test_a_transcript_without_words_says_so_once(page: Page, meetings: Meetings) -> None:
    Block.objects.filter(transcript=meetings.interview).update(text="")
    open_desk(page, meetings.interview)

    expect(page.get_by_text("This transcript has turns but no words")).to_have_count(1)
    expect(page.get_by_text("no words", exact=True)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    page_with_messages: Page, meetings: Meetings, scheme: Literal["light", "dark"]
) -> None:
    page = page_with_messages
    page.emulate_media(color_scheme=scheme)
    give_doubtful_words(meetings.heat_pump)
    open_desk(page, meetings.heat_pump)
    page.locator("#desk-keys summary").click()
    page.locator("#desk-history summary").click()
    page.keyboard.press("d")
    expect(page.locator(".doubt.here")).to_be_visible()
    assert serious_findings(page) == []

    page.keyboard.press("e")
    meetings.heat_pump.blocks.filter(position=0).update(text="Good evening.")
    Transcript.objects.filter(pk=meetings.heat_pump.pk).count_version()
    page.get_by_label("Text of the block").press("Enter")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".editor .changed")).to_be_visible()
    assert serious_findings(page) == []


def open_desk(page: Page, transcript: Transcript) -> None:
    page.goto(f"/admin/voiceprints/transcript/{transcript.pk}/change/")
    expect(page.get_by_role("button", name="Next unnamed")).to_be_visible()


def store_with_audio(
    gateway: Gateway,
    faults: FaultServer,
    *,
    tracks: tuple[str, ...] = ("file",),
    confidences: tuple[float, ...] = (),
) -> Transcript:
    """Store a scripted meeting of 10 s with its recording."""
    script_meeting(faults)
    words = MEETING_TRANSCRIPTION["words"]
    known = [{**word, "confidence": one} for word, one in zip(words, confidences, strict=False)]
    faults.answer(TRANSCRIBE, {**MEETING_TRANSCRIPTION, "words": known or words})
    recordings = {track: (f"{track}.wav", wav(square_wave(4000, 10.0))) for track in tracks}
    stored = gateway.post(
        "/api/audio/label-merge",
        files=recordings,
        data={"timeline": "[]", "store": "true", "keep_audio": "true"}
        | ({"transcribe": "true"} if tracks == ("file",) else {}),
    )
    return Transcript.objects.get(pk=stored.json()["transcript_id"])


def fill_a_page(transcript: Transcript, after: str, *, end_of_page_ms: int) -> None:
    """Replace the blocks by a page of them, and one that is on the next page."""
    speaker = transcript.speakers.first()
    transcript.blocks.all().delete()
    step = end_of_page_ms // BLOCKS_PER_PAGE
    spans = [(n * step, (n + 1) * step, "So.") for n in range(BLOCKS_PER_PAGE)]
    Block.objects.bulk_create(
        Block(
            transcript=transcript,
            speaker=speaker,
            position=position,
            start_ms=start,
            end_ms=end,
            text=text,
        )
        for position, (start, end, text) in enumerate([*spans, (end_of_page_ms, 10_000, after)])
    )


def give_doubtful_words(transcript: Transcript) -> None:
    """Let the engine be unsure of a word of the first block."""
    [first] = transcript.blocks.filter(position=0)
    words = [[0, 300, "Good", False, 0.2], [300, 600, first.text.removeprefix("Good"), False, 0.9]]
    transcript.blocks.filter(position=0).update(words=words, lowest_confidence=0.2)


def until_time(page: Page, seconds: float) -> None:
    """Wait until the recording was played up to a time."""
    page.wait_for_function(
        "at => document.querySelector('#desk-player audio').currentTime > at", arg=seconds
    )


def chosen(page: Page) -> Locator:
    return page.locator(".line.chosen")


def split_at(page: Page, cursor: int) -> None:
    """Split the chosen block at a place of its text."""
    page.keyboard.press("e")
    field = page.get_by_label("Text of the block")
    field.evaluate("(field, at) => field.setSelectionRange(at, at)", cursor)
    page.keyboard.press("Control+Enter")


def undo_everything(page: Page, *, corrections: int) -> None:
    for number in range(corrections):
        with page.expect_response("**/desk/*"):
            page.keyboard.press("u")
        expect(page.locator("#desk-status")).to_have_text("The last correction was taken back.")
        assert Correction.objects.in_force().count() == corrections - 1 - number


def blocks_of(transcript: Transcript) -> list[tuple[object, ...]]:
    rows = transcript.blocks.order_by("position")
    return list(rows.values_list("position", "start_ms", "end_ms", "speaker_id", "text", "words"))
