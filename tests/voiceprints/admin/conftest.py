"""Users of the admin's pages, and a count of the queries of a page."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

PEOPLE = "/admin/voiceprints/person/"
TRANSCRIPTS = "/admin/voiceprints/transcript/"
VOICEPRINTS = "/admin/voiceprints/voiceprint/"
SPACES = "/admin/voiceprints/space/"
AUDIT = "/admin/voiceprints/auditentry/"


@pytest.fixture
def vera(db: None) -> Client:
    """Log in a superuser."""
    return log_in(User.objects.create_superuser("vera"))


@pytest.fixture
def viewer(db: None) -> Client:
    """Log in a user who may view everything and change nothing."""
    return user_with_permissions("view")


def user_with_permissions(*prefixes: str) -> Client:
    """Log in a user with the permissions that begin so: `view`, `change_transcript`."""
    user = User.objects.create_user("-".join(prefixes), is_staff=True)
    granted = [
        permission
        for permission in Permission.objects.filter(content_type__app_label="voiceprints")
        if permission.codename.startswith(prefixes)
    ]
    user.user_permissions.set(granted)
    return log_in(user)


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def count_queries(client: Client, url: str) -> int:
    """Return the number of queries of a page, once the caches of the process are filled."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
