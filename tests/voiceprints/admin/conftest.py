"""Who looks at the admin's pages, and how many queries a page takes."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

PEOPLE = "/admin/voiceprints/person/"
TRANSCRIPTS = "/admin/voiceprints/transcript/"
PRINTS = "/admin/voiceprints/voiceprint/"
SPACES = "/admin/voiceprints/space/"
AUDIT = "/admin/voiceprints/auditentry/"


@pytest.fixture
def vera(db: None) -> Client:
    """Somebody who may do everything."""
    return logged_in(User.objects.create_superuser("vera"))


@pytest.fixture
def viewer(db: None) -> Client:
    """Somebody who may see everything, and change nothing."""
    return somebody_who_may("view")


def somebody_who_may(*beginnings: str) -> Client:
    """By how the names of their permissions begin: `view`, `change_transcript`."""
    user = User.objects.create_user("-".join(beginnings), is_staff=True)
    granted = [
        permission
        for permission in Permission.objects.filter(content_type__app_label="voiceprints")
        if permission.codename.startswith(beginnings)
    ]
    user.user_permissions.set(granted)
    return logged_in(user)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes, once what lasts for the process is known."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
