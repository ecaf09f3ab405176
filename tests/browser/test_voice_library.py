"""The admin's main workflows in a real browser: name, enrol, review and erase."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.meetings import Meetings
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker, Voiceprint

TRANSCRIPTS = "/admin/voiceprints/transcript/"
PASSWORD = "correct horse battery staple"
VOICEPRINTS = "/admin/voiceprints/voiceprint/"


def test_a_voice_is_named_enrolled_reviewed_and_erased(page: Page, meetings: Meetings) -> None:
    log_in(page)
    name_the_unnamed_speaker(page, "Dora Weiss")
    name_in_other_transcripts(page, "Dora Weiss")
    review_the_voiceprint(page, "Dora Weiss")
    erase(page, "Dora Weiss")

    assert not Person.objects.filter(name="Dora Weiss").exists()
    assert not TranscriptSpeaker.objects.filter(name="Dora Weiss").exists()
    assert AuditEntry.objects.filter(actor="admin:vera", action="forgotten").count() == 1


def test_a_doubtful_voiceprint_is_found_on_the_map_and_deleted(
    page: Page, meetings: Meetings
) -> None:
    page.goto(VOICEPRINTS)
    page.get_by_role("row", name="Ben Ortner").first.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()

    expect(page.get_by_text("None. Every voiceprint is most similar")).to_be_visible()
    assert Voiceprint.objects.filter(person=meetings.ben).count() == 4


def test_a_bar_links_to_its_block(page: Page, meetings: Meetings) -> None:
    page.goto(f"{TRANSCRIPTS}{meetings.heat_pump.pk}/change/")
    page.locator(".lane a rect").nth(2).click()

    expect(page.locator(".line:target")).to_be_in_viewport()


def test_words_are_found_in_the_list_and_marked_in_the_text(
    page: Page, meetings: Meetings
) -> None:
    page.goto(TRANSCRIPTS)
    page.locator("#searchbar").fill("scaffolding")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Budget, second half").click()

    expect(page.locator(".line.hit")).to_contain_text("The invoice for the scaffolding")


def test_a_speaker_is_named_without_javascript(
    page_without_javascript: Page, meetings: Meetings
) -> None:
    name_the_unnamed_speaker(page_without_javascript, "Dora Weiss")

    assert Voiceprint.objects.filter(person__name="Dora Weiss").exists()


def log_in(page: Page) -> None:
    """Log in through the form."""
    vera = User.objects.get()
    vera.set_password(PASSWORD)
    vera.save()
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label("Username").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Voice library")).to_be_visible()


def name_the_unnamed_speaker(page: Page, name: str) -> None:
    """Go from the list of transcripts to the unnamed speaker, and enrol the voice."""
    page.goto(TRANSCRIPTS)
    page.get_by_role("link", name="Heat pump, weekly meeting").click()
    page.locator(".lane-name").get_by_role("link", name="Unknown_0", exact=True).click()
    page.get_by_label("Name of a new or known person").fill(name)
    page.get_by_label("Enrol this voice").check()
    page.get_by_label("This person has consented").check()
    page.get_by_label("How consent was given").fill("by e-mail")
    page.get_by_label("Another person").check()
    page.get_by_role("button", name="Name this speaker").click()
    expect(page.get_by_text(f"The voice of {name} was enrolled.")).to_be_visible()


def name_in_other_transcripts(page: Page, name: str) -> None:
    """Name the same voice in the listed transcripts."""
    expect(page.get_by_role("row", name="Budget, second half")).to_be_visible()
    page.get_by_role("button", name=f"Name them {name}").click()
    expect(page.get_by_text("Speakers named in other transcripts: 1.")).to_be_visible()
    expect(page.locator(".line .speaker-name", has_text=name).first).to_be_visible()


def review_the_voiceprint(page: Page, name: str) -> None:
    """Look at the voiceprint on the person's page, and on the map."""
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name="enrolled from a transcript")).to_be_visible()
    page.get_by_role("link", name="Map of all voiceprints").click()
    expect(page.locator(".map .point", has_text=name)).to_have_count(1)


def erase(page: Page, name: str) -> None:
    """Erase the person from the page that the map links to, and check the lists."""
    page.locator(".map .point", has_text=name).locator("use").click()
    page.get_by_role("link", name="Erase").click()
    page.get_by_role("button", name=f"Erase {name}").click()
    expect(page.get_by_text("Erased. Voiceprints deleted: 1.")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.goto(TRANSCRIPTS)
    expect(page.get_by_text(name)).to_have_count(0)
    expect(page.get_by_text("Person ").first).to_be_visible()
