"""Whatever an engine answers, a client gets a transcript or one of the gateway's errors."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audio.engines.dialects.exchanges import path_of
from tests.audio.engines.dialects.samples import FOREIGN, sample
from tests.audio.engines.dialects.test_mutations import mutated
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import ScriptedEngine, script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import ANY_TURNS, ANY_VOICES, ANY_WORDS, MERGE
from tests.faults import FaultServer

TALK = recording()
CODES = {"engine_bad_answer", "engine_refused"}


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a sample's name, and its answer mutated."""
    name = draw(st.sampled_from(sorted(FOREIGN)))
    return name, draw(mutated(name))


def engines_of(faults: FaultServer, name: str) -> list[ScriptedEngine]:
    """Script the engine of a sample, and one for each role that it does not have."""
    role = FOREIGN[name]["role"]
    if role == "words+turns":
        both = [script(faults, one, name, place="both") for one in ("words", "turns")]
        return [*both, script(faults, "voices", ANY_VOICES)]
    usual = {"words": ANY_WORDS, "turns": ANY_TURNS, "voices": ANY_VOICES}
    return [script(faults, one, other) for one, other in (usual | {role: name}).items()]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exchanges())
def test_a_mutated_answer_never_breaks_the_gateway(
    configure: Configure, faults: FaultServer, exchange: tuple[str, Any]
) -> None:
    name, answer = exchange
    engines = engines_of(faults, name)
    role = FOREIGN[name]["role"]
    place = "both" if role == "words+turns" else role
    content = answer if isinstance(answer, str) else json.dumps(answer)
    path = f"/{place}{path_of(sample(name)['request'])}"
    faults.answer(path, content.encode(), content_type="text/plain")

    response = configure(*engines).post(
        MERGE, files={"file": TALK}, data={"timeline": "[]", "transcribe": "true"}
    )

    assert response.status_code == 200 or response.json()["error"]["code"] in CODES
