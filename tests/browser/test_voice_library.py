"""The way of a voice through the admin, in a real browser."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.meetings import Meetings
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker, Voiceprint

TRANSCRIPTS = "/admin/voiceprints/transcript/"
PASSWORD = "correct horse battery staple"
PRINTS = "/admin/voiceprints/voiceprint/"


def test_a_voice_is_named_learned_seen_and_forgotten(page: Page, meetings: Meetings) -> None:
    log_in(page)
    name_the_stranger(page, "Dora Weiss")
    name_everywhere(page, "Dora Weiss")
    see_the_print(page, "Dora Weiss")
    forget(page, "Dora Weiss")

    assert not Person.objects.filter(name="Dora Weiss").exists()
    assert not TranscriptSpeaker.objects.filter(name="Dora Weiss").exists()
    assert AuditEntry.objects.filter(actor="admin:vera", action="forgotten").count() == 1


def test_a_doubtful_print_is_found_on_the_map_and_deleted(page: Page, meetings: Meetings) -> None:
    page.goto(PRINTS)
    page.get_by_role("row", name="Ben Ortner").first.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()

    expect(page.get_by_text("None: every print is most like its own person.")).to_be_visible()
    assert Voiceprint.objects.filter(person=meetings.ben).count() == 4


def test_a_bar_leads_to_what_was_said(page: Page, meetings: Meetings) -> None:
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


def test_a_speaker_is_named_without_javascript(still_page: Page, meetings: Meetings) -> None:
    name_the_stranger(still_page, "Dora Weiss")

    assert Voiceprint.objects.filter(person__name="Dora Weiss").exists()


def log_in(page: Page) -> None:
    """As everybody does."""
    vera = User.objects.get()
    vera.set_password(PASSWORD)
    vera.save()
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label("Username").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Voice library")).to_be_visible()


def name_the_stranger(page: Page, name: str) -> None:
    """From the list of transcripts to the speaker whom nobody knows, and learn the voice."""
    page.goto(TRANSCRIPTS)
    page.get_by_role("link", name="Heat pump, weekly meeting").click()
    page.locator(".lane").get_by_role("link", name="Unknown_0", exact=True).click()
    page.get_by_label("Name of a new or a known person").fill(name)
    page.get_by_label("Learn this voice").check()
    page.get_by_label("This person has agreed").check()
    page.get_by_label("How they agreed").fill("by e-mail")
    page.get_by_label("Somebody else").check()
    page.get_by_role("button", name="Name this speaker").click()
    expect(page.get_by_text(f"The voice of {name} was learned.")).to_be_visible()


def name_everywhere(page: Page, name: str) -> None:
    """After the list of where the same voice is."""
    expect(page.get_by_role("row", name="Budget, second half")).to_be_visible()
    page.get_by_role("button", name=f"Name them {name}").click()
    expect(page.get_by_text("Named in other transcripts too: 1.")).to_be_visible()
    expect(page.locator(".line .speaker-name", has_text=name).first).to_be_visible()


def see_the_print(page: Page, name: str) -> None:
    """On the person's page, and on the map."""
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name="learned from a transcript")).to_be_visible()
    page.get_by_role("link", name="Map of all voiceprints").click()
    expect(page.locator(".map .point", has_text=name)).to_have_count(1)


def forget(page: Page, name: str) -> None:
    """From the map, by the person's page, until nothing is left to be seen."""
    page.locator(".map .point", has_text=name).locator("use").click()
    page.get_by_role("link", name="Forget").click()
    page.get_by_role("button", name=f"Forget {name}").click()
    expect(page.get_by_text("Forgotten. Voiceprints deleted: 1.")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.goto(TRANSCRIPTS)
    expect(page.get_by_text(name)).to_have_count(0)
    expect(page.get_by_text("Person ").first).to_be_visible()
