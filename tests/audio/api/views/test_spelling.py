"""Names and jargon spelled right, over an engine that misspells them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine_answers import (
    ANA,
    BEN,
    DIARIZE,
    DIARIZE_TURNS,
    TRANSCRIBE,
    diarization,
    without_embeddings,
)
from tests.engine_answers import transcription as heard
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE

MERGE, LABEL = "/api/audio/label-merge", "/api/audio/transcribe-with-speakers"
TEXT = "Ask Sorvat about the report. Yes, Halnely."
SPANS = [(0.0, 0.4), (0.5, 1.0), (1.0, 1.4), (1.4, 1.6), (1.6, 2.0), (2.5, 2.8), (2.8, 3.6)]
CORRECT = "Ask Zorvath about the report. Yes, Halnely."
SORVAT = {"from": "Sorvat", "to": "Zorvath", "start_ms": 500}
HALNELY = {"from": "Halnely", "to": "Halniley", "start_ms": 2800}
TIMELINE = (
    '[{"start": 0, "end": 2, "name": "Zorvath"}, {"start": 2, "end": 4, "name": "Halniley"}]'
)


@pytest.fixture
def misspelling(scripted: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with an engine that hears two names and misspells both."""
    turns = diarization([(0.0, 2.2), (2.4, 4.0)], [ANA, BEN], 4.0)
    faults.answer(TRANSCRIBE, heard(TEXT, SPANS, 4.0))
    faults.answer(DIARIZE, turns)
    faults.answer(DIARIZE_TURNS, without_embeddings(turns))
    return scripted


def post(gateway: Gateway, path: str, **fields: object) -> Any:
    answer = gateway.post(path, files={"file": TONE}, data=fields)
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.text


@pytest.mark.parametrize(
    "fields",
    [{"keywords[]": "Zorvath"}, {"prompt": "A talk with Zorvath."}, {"keywords": '["Zorvath"]'}],
)
def test_a_term_that_was_sent_is_spelled_right(
    misspelling: Gateway, fields: dict[str, str]
) -> None:
    answer = post(misspelling, TRANSCRIBE, **fields)

    assert answer["text"] == CORRECT
    assert answer["corrections"] == [SORVAT]


@pytest.mark.parametrize("fields", [{}, {"keywords[]": "Zorvath", "spelling": "off"}])
def test_without_terms_or_with_spelling_off_nothing_changes(
    misspelling: Gateway, fields: dict[str, str]
) -> None:
    answer = post(misspelling, TRANSCRIBE, **fields)

    assert answer["text"] == TEXT
    assert "corrections" not in answer


def test_every_format_has_the_corrected_words(misspelling: Gateway) -> None:
    wanted = {"keywords[]": "Zorvath"}
    verbose = {"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]}

    answer = post(misspelling, TRANSCRIBE, **wanted, **verbose)
    subtitles = post(misspelling, TRANSCRIBE, **wanted, response_format="srt")
    diarized = post(misspelling, TRANSCRIBE, **wanted, response_format="diarized_json")
    events = post(misspelling, TRANSCRIBE, **wanted, stream="true")

    assert answer["words"][1] == {"word": "Zorvath", "start": 0.5, "end": 1.0}
    assert answer["segments"][0]["text"] == "Ask Zorvath about the report."
    assert answer["corrections"] == diarized["corrections"] == [SORVAT]
    assert "Ask Zorvath about" in subtitles
    assert diarized["segments"][0]["text"] == "Ask Zorvath about the report."
    assert '"corrections":[{"from":"Sorvat","to":"Zorvath","start_ms":500}]' in events


def test_words_of_anonymous_speakers_are_spelled_right(misspelling: Gateway) -> None:
    answer = post(misspelling, LABEL, **{"keywords[]": "Zorvath"})

    assert answer["segments"][0]["text"] == "Ask Zorvath about the report."
    assert answer["corrections"] == [SORVAT]


def test_the_names_of_a_timeline_are_spelled_right_on_request(misspelling: Gateway) -> None:
    fields = {"timeline": TIMELINE, "transcribe": "true"}

    plain = post(misspelling, MERGE, **fields)
    answer = post(misspelling, MERGE, **fields, spelling="people")

    assert "corrections" not in plain
    assert answer["corrections"] == [SORVAT, HALNELY]
    assert [block["text"] for block in answer["segments"]] == [
        "Ask Zorvath about the report.",
        "Yes, Halniley.",
    ]


def test_two_tracks_report_the_corrections_of_both_by_time(misspelling: Gateway) -> None:
    tracks = {"mic_file": TONE, "system_file": TONE}
    fields = {"timeline": TIMELINE, "spelling": "people", "self_vad": '[{"start": 0, "end": 4}]'}

    answer = misspelling.post(MERGE, files=tracks, data=fields).json()

    assert answer["corrections"] == [SORVAT, SORVAT, HALNELY, HALNELY]


def test_a_language_without_a_dictionary_is_not_corrected(
    misspelling: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {**heard(TEXT, SPANS, 4.0), "language": "pl"})

    answer = post(misspelling, TRANSCRIBE, **{"keywords[]": "Zorvath"})

    assert answer["text"] == TEXT
    assert answer["warnings"][0]["code"] == "spelling_skipped"


@pytest.fixture(scope="module")
def _stored_vocabulary(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("vocabulary")
    file = folder / "terms.txt"
    file.write_text("Halniley\n[desk]\nZorvath\n")
    with running_gateway(
        folder,
        PARAKEET_URL=fault_server.url,
        API_KEYS="desk:desk-key,other:other-key",
        VOCABULARY_FILE=str(file),
    ) as gateway:
        yield gateway


@pytest.fixture
def with_vocabulary(_stored_vocabulary: Gateway, misspelling: Gateway) -> Gateway:
    """A gateway with a vocabulary for every key, and one of its own for the key `desk`."""
    return _stored_vocabulary


def sent_by(key: str, gateway: Gateway, path: str, **fields: object) -> Any:
    headers = {"Authorization": f"Bearer {key}-key"}
    return gateway.post(path, files={"file": TONE}, data=fields, headers=headers).json()


def test_a_stored_vocabulary_corrects_what_its_key_sends(with_vocabulary: Gateway) -> None:
    plain = sent_by("desk", with_vocabulary, TRANSCRIBE)
    labelled = sent_by("desk", with_vocabulary, LABEL)
    merged = sent_by("desk", with_vocabulary, MERGE, timeline=TIMELINE, transcribe="true")
    other = sent_by("other", with_vocabulary, TRANSCRIBE)

    assert plain["corrections"] == [SORVAT, HALNELY]
    assert labelled["corrections"] == merged["corrections"] == [SORVAT, HALNELY]
    assert other["corrections"] == [HALNELY]


def test_spelling_off_leaves_a_stored_vocabulary_unused(with_vocabulary: Gateway) -> None:
    answer = sent_by("desk", with_vocabulary, TRANSCRIBE, spelling="off")

    assert answer["text"] == TEXT


def test_a_stored_vocabulary_warns_of_no_language(
    with_vocabulary: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {**heard(TEXT, SPANS, 4.0), "language": "pl"})

    answer = sent_by("desk", with_vocabulary, TRANSCRIBE)

    assert answer["text"] == TEXT
    assert "warnings" not in answer


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (json.dumps(["x" * 10_000]), "no more than 200 characters"),
        (json.dumps(["Ana"] * 100_000), "expected at most 500, got 100000"),
        (json.dumps([["Ana"]]), "keywords"),
    ],
)
def test_terms_that_are_too_many_or_too_long_are_refused(
    misspelling: Gateway, keywords: str, message: str
) -> None:
    answer = misspelling.post(TRANSCRIBE, files={"file": TONE}, data={"keywords": keywords})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith("keywords")
    assert message in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("terms", "corrected"),
    [
        (["Zorvath", "Zorvath"], True),
        (["<b>Zorvath</b>"], True),
        (["Zorvath\u0007\u202e"], True),
        (["Zorvath", "zorvath"], False),
        (["Zorvath", "Sorvath"], False),
        (["<script>", "\u200b", "東京"], False),
    ],
)
def test_odd_terms_correct_what_a_word_of_theirs_is(
    misspelling: Gateway, terms: list[str], corrected: bool
) -> None:
    answer = post(misspelling, TRANSCRIBE, keywords=json.dumps(terms))

    assert answer["text"] == (CORRECT if corrected else TEXT)
