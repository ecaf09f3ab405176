"""Django's admin, in the library's frame; apart from `apps`, where Django looks for one app."""

from django.contrib.admin.apps import AdminConfig


class LibraryAdminConfig(AdminConfig):
    """The admin, whose site is ours."""

    default_site = "voiceprints.site.LibrarySite"
