"""Snippets of what was searched in the list of transcripts."""

import pytest
from django.test import Client

from tests.voiceprints.admin.conftest import TRANSCRIPTS
from tests.voiceprints.corrections.meetings import store_meeting
from voiceprints.admin.transcript.snippets import SNIPPET, shorten


def test_a_snippet_is_around_the_first_of_the_words() -> None:
    text = "x " * 200 + "the Invoice is missing" + " y" * 200

    snippet = shorten(text, "invoice")

    assert "the Invoice is missing" in snippet
    assert (snippet[0], snippet[-1], len(snippet)) == ("…", "…", SNIPPET + 2)


def test_a_short_text_is_shown_as_it_is() -> None:
    assert shorten("Good morning.", "elsewhere") == "Good morning."


@pytest.mark.django_db
def test_the_list_shows_the_block_with_the_searched_words(vera: Client) -> None:
    store_meeting()

    found = vera.get(TRANSCRIPTS, {"q": "mourning"}).content.decode()

    assert '<span class="snippet">Good mourning to all of you.</span>' in found
    assert "snippet" not in vera.get(TRANSCRIPTS).content.decode()
