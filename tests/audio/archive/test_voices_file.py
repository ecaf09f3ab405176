"""Known voices in a file, in either shape."""

import json
from pathlib import Path

import pytest

from audio.archive.voices_file import read_voices


def put(folder: Path, content: object) -> Path:
    path = folder / "voices.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_names_and_numbers_are_voices(tmp_path: Path) -> None:
    voices = read_voices(put(tmp_path, {"Ana Ruiz": [1.0, 0.0], "Ben": [0.0, 1.0]}))

    assert (voices.names, voices.space) == (("Ana Ruiz", "Ben"), "")
    assert voices.vectors.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_an_export_says_which_space_it_is_of(tmp_path: Path) -> None:
    content = {"space": "titanet@1", "voiceprints": {"Ana Ruiz": [[1.0, 0.0], [0.0, 1.0]]}}

    voices = read_voices(put(tmp_path, content))

    assert (voices.names, voices.space) == (("Ana Ruiz", "Ana Ruiz"), "titanet@1")


def test_an_empty_file_has_no_voices(tmp_path: Path) -> None:
    assert read_voices(put(tmp_path, {})).names == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "voices.json: not JSON."),
        ([], "voices.json: expected {name: [numbers]}"),
        ({"voiceprints": {}}, "voices.json: space: expected the name of the embedding model."),
        ({"Ana": ["loud"]}, "voices.json['Ana']: expected {name: [numbers]}"),
        ({"Ana": [[1.0], "loud"]}, "voices.json['Ana']: expected {name: [numbers]}"),
        ({"Ana": [1.0], "Ben": [1.0, 2.0]}, "voices.json: expected lists of one length."),
    ],
)
def test_an_invalid_voice_is_named_in_the_error(
    tmp_path: Path, content: object, expected: str
) -> None:
    with pytest.raises(ValueError) as refused:
        read_voices(put(tmp_path, content))

    assert str(refused.value).startswith(expected)
