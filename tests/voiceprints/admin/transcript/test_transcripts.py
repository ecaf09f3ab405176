"""The list of transcripts, and the page of each."""

from datetime import UTC, datetime

from django.test import Client

from tests.voiceprints.admin.conftest import TRANSCRIPTS, count_queries, user_with_permissions
from tests.voiceprints.people import consenting, speaker, transcript
from voiceprints.admin.transcript.lines import BLOCKS_PER_PAGE
from voiceprints.models import AuditEntry, Block, Transcript

UNCHANGED = {
    "recording_name": "",
    "recorded_at_0": "",
    "recorded_at_1": "",
    "retain_until_0": "",
    "retain_until_1": "",
}


def test_transcripts_are_found_by_spoken_words(vera: Client) -> None:
    with_text("The heat pump is late.", recording_name="Monday")
    with_text("Nothing new.", recording_name="Tuesday")

    page = text_of(vera, f'{TRANSCRIPTS}?q="heat pump"')

    assert "Monday" in page
    assert "Tuesday" not in page


def test_transcripts_are_found_by_the_recordings_name(vera: Client) -> None:
    with_text("Nothing new.", recording_name="Tuesday")

    assert "1 transcript" in text_of(vera, f"{TRANSCRIPTS}?q=tues")


def test_transcripts_are_filtered_by_speaker(vera: Client) -> None:
    ana = consenting("Ana", aliases=["The boss"])
    speaker(transcript(recording_name="Monday"), "Speaker_0", "Ana", person=ana)
    speaker(transcript(recording_name="Tuesday"), "Speaker_0", "Ben")

    page = text_of(vera, f"{TRANSCRIPTS}?speaker=boss")

    assert "Monday" in page
    assert "Tuesday" not in page


def test_the_filter_by_speaker_preserves_the_search(vera: Client) -> None:
    with_text("Good morning.")

    page = text_of(vera, f"{TRANSCRIPTS}?q=morning")

    assert '<input type="hidden" name="q" value="morning">' in page


def test_transcripts_are_filtered_by_date(vera: Client) -> None:
    old = transcript(recording_name="Monday")
    Transcript.objects.filter(pk=old.pk).update(created_at=datetime(2020, 5, 1, tzinfo=UTC))
    transcript(recording_name="Tuesday")

    page = text_of(vera, f"{TRANSCRIPTS}?created_at__year=2020")

    assert "Monday" in page
    assert "Tuesday" not in page


def test_the_list_takes_no_more_queries_for_more_transcripts(vera: Client) -> None:
    add_transcripts(3)
    few = count_queries(vera, TRANSCRIPTS)

    add_transcripts(27)

    assert count_queries(vera, TRANSCRIPTS) == few


def test_a_page_takes_no_more_queries_for_more_speakers_and_blocks(vera: Client) -> None:
    short, long = with_speakers(3), with_speakers(30)

    assert count_queries(vera, url_of(short)) == count_queries(vera, url_of(long))


def test_a_page_shows_speaker_time_and_text(vera: Client) -> None:
    page = text_of(
        vera, url_of(with_text("The heat pump is late.", start_ms=65_000, end_ms=70_000))
    )

    assert "The heat pump is late." in page
    assert "1:05" in page
    assert ">Ana</a>" in page


def test_a_speaker_has_a_bar_at_the_time_of_speech(vera: Client) -> None:
    half = with_text("Hello.", duration=10.0, start_ms=5000, end_ms=10_000)

    assert 'x="500.0" y="1" width="500.0"' in text_of(vera, url_of(half))


def test_the_text_is_escaped(vera: Client) -> None:
    page = text_of(vera, url_of(with_text("<script>alert(1)</script>")))

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_blocks_with_the_searched_words_are_marked(vera: Client) -> None:
    page = text_of(vera, f"{url_of(with_text('The heat pump is late.'))}?words=pump")

    assert page.count("new hit") == 1


def test_words_searched_in_the_list_are_marked_on_the_page(vera: Client) -> None:
    page = text_of(
        vera, f"{url_of(with_text('The heat pump is late.'))}?_changelist_filters=q%3Dpump"
    )

    assert page.count("new hit") == 1


def test_a_long_transcript_has_several_pages(vera: Client) -> None:
    long = with_speakers(2, blocks=BLOCKS_PER_PAGE + 1)

    page = text_of(vera, f"{url_of(long)}?page=2")

    assert f'id="block-{BLOCKS_PER_PAGE}"' in page
    assert 'id="block-0"' not in page
    assert 'href="?page=1#block-0"' in page


def test_reading_a_transcript_is_audited(vera: Client) -> None:
    read = with_text("Hello.")

    vera.get(url_of(read))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.transcript_id) == (
        "admin:vera",
        "transcript_read",
        read.pk,
    )


def test_renaming_a_recording_is_audited_and_leaves_its_result(vera: Client) -> None:
    changed = transcript(recording_name="Monday", result={"segments": []})

    vera.post(url_of(changed), UNCHANGED | {"recording_name": " Tuesday\u200b"})

    changed.refresh_from_db()
    assert (changed.recording_name, changed.result) == ("Tuesday", {"segments": []})
    assert AuditEntry.objects.get().action == "transcript_changed"


def test_deleting_transcripts_is_audited_one_by_one(vera: Client) -> None:
    chosen = [transcript().pk, transcript().pk]

    vera.post(
        TRANSCRIPTS, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    )

    assert not Transcript.objects.exists()
    assert AuditEntry.objects.filter(action="transcript_deleted").count() == 2


def test_a_transcript_cannot_be_added_by_hand(vera: Client) -> None:
    assert vera.get(f"{TRANSCRIPTS}add/").status_code == 403


def test_a_viewer_reads_but_cannot_name_speakers(viewer: Client) -> None:
    page = text_of(viewer, url_of(with_text("Hello.")))

    assert "Hello." in page
    assert "/speaker/" not in page


def test_an_old_page_does_not_restore_an_erased_name(vera: Client) -> None:
    changed = transcript(recording_name="Ana.wav", result={"segments": []})
    page = vera.get(url_of(changed)).content.decode()
    Transcript.objects.filter(pk=changed.pk).update(recording_name="Person 7f3a.wav")

    assert '<input type="hidden" name="initial-recording_name" value="Ana.wav"' in page
    old = {"recording_name": "Ana.wav", "initial-recording_name": "Ana.wav"}
    vera.post(url_of(changed), UNCHANGED | old)

    changed.refresh_from_db()
    assert changed.recording_name == "Person 7f3a.wav"


def test_a_viewer_cannot_change_a_transcript(viewer: Client) -> None:
    assert viewer.post(url_of(transcript()), UNCHANGED).status_code == 403


def test_a_transcript_is_forbidden_without_permission_to_view_it(db: None) -> None:
    stored = with_text("Hello.")

    answer = user_with_permissions("view_person").get(url_of(stored))

    assert answer.status_code == 403
    assert not AuditEntry.objects.exists()


def with_text(text: str, *, start_ms: int = 0, end_ms: int = 900, **fields: object) -> Transcript:
    stored = transcript(**fields)
    ana = speaker(stored, "Speaker_0", "Ana")
    Block.objects.create(
        transcript=stored, speaker=ana, position=0, start_ms=start_ms, end_ms=end_ms, text=text
    )
    return stored


def with_speakers(people: int, *, blocks: int | None = None) -> Transcript:
    stored = transcript(duration=1000.0)
    speakers = [
        speaker(stored, f"Speaker_{n}", f"Name {n}", person=consenting(f"{stored.pk} {n}"))
        for n in range(people)
    ]
    Block.objects.bulk_create(
        Block(
            transcript=stored,
            speaker=speakers[n % people],
            position=n,
            start_ms=n * 1000,
            end_ms=n * 1000 + 900,
            text="Hello.",
        )
        for n in range(blocks or people)
    )
    return stored


def add_transcripts(count: int) -> None:
    for _ in range(count):
        with_speakers(2)


def url_of(stored: Transcript) -> str:
    return f"{TRANSCRIPTS}{stored.pk}/change/"


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()
