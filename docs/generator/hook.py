"""The hook that MkDocs calls: it adds the generated pages, and links to them.

The generated pages do not exist in the repository, so pages link to them where `make run` serves
them; in the built pages these links are relative.
"""

import posixpath

import django
from django.conf import settings
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.generator import (
    command_pages,
    decision_index,
    import_map,
    module_map,
    rest_page,
    settings_page,
)

SERVED_AT = "http://127.0.0.1:8000/docs/"
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


def on_page_markdown(markdown: str, page: Page, **options: object) -> str:
    """Make links to generated pages relative, so that MkDocs checks them."""
    folder = posixpath.dirname(page.file.src_uri)
    for path in PAGES:
        served = f"({SERVED_AT}{path.removesuffix('.md')}.html)"
        markdown = markdown.replace(served, f"({posixpath.relpath(path, folder or '.')})")
    return markdown
