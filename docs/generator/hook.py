"""The hook that MkDocs calls: it adds the generated pages to those under `docs/`."""

import django
from django.conf import settings
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from docs.generator import (
    command_pages,
    decision_index,
    import_map,
    module_map,
    rest_page,
    settings_page,
)

PAGES = {
    "adr/index.md": decision_index.page,
    "reference/settings.md": settings_page.page,
    "reference/commands.md": command_pages.page,
    "reference/rest.md": rest_page.page,
    "explanation/imports.md": import_map.page,
    "explanation/modules.md": module_map.page,
}


def on_startup(**options: object) -> None:
    """Start Django; `DJANGO_SETTINGS_MODULE` names settings with the voice library on."""
    settings.LOGGING_CONFIG = None
    django.setup()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, page in PAGES.items():
        files.append(File.generated(config, path, content=page()))
    return files
