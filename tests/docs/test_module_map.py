"""The map of modules shows what each module holds."""

from pathlib import Path

from docs.generator.module_map import modules_in, summary_of


def test_it_shows_the_first_paragraph_of_a_docstring(tmp_path: Path) -> None:
    module = tmp_path / "slots.py"
    module.write_text('"""The slots of\nan engine.\n\nMore about them.\n"""\n')

    assert summary_of(module) == "The slots of an engine."


def test_it_leaves_migrations_and_package_files_out(tmp_path: Path) -> None:
    for name in ("slots.py", "__init__.py", "migrations/0001_first.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    assert [path.name for path in modules_in(tmp_path)] == ["slots.py"]
