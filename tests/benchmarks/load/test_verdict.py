"""What the load test demands, and what it notices."""

from dataclasses import replace

from benchmarks.load.clients import CALM_PHASE, KINDS, LOST, Outcome, Phase
from benchmarks.load.leftovers import Remains
from benchmarks.load.verdict import Verdict, judge, seen

SPEECH, TRANSCRIPTION = KINDS[0], KINDS[1]
HUNG = Phase("parakeet", "hang")
AT_REST = Remains(memory_mib=300.0, processes=2, threads=70, connections=6, files=0)
CALM = [Outcome(CALM_PHASE, CALM_PHASE, kind, 0.2, "200") for kind in KINDS]
HELD = [
    Outcome(HUNG, HUNG, SPEECH, 0.3, "200"),
    Outcome(HUNG, HUNG, TRANSCRIPTION, 2.0, "504"),
]


def failed(*outcomes: Outcome, after: Remains = AT_REST) -> list[str]:
    """The demands that are not met."""
    everything = [*CALM, *HELD, *outcomes]
    verdicts: list[Verdict] = list(judge(everything, [seen(HUNG, everything)], AT_REST, after))
    return [verdict.demand for verdict in verdicts if not verdict.met]


def test_a_gateway_that_holds_is_found_nothing_against() -> None:
    assert failed() == []


def test_a_lost_request_is_noticed() -> None:
    assert failed(Outcome(HUNG, HUNG, TRANSCRIPTION, 2.0, LOST)) == [
        "no request is left without an answer"
    ]


def test_a_failure_of_the_sound_engine_is_noticed() -> None:
    assert failed(Outcome(HUNG, HUNG, SPEECH, 0.2, "503")) == [
        "only the broken engine's requests fail, and truly"
    ]


def test_an_untrue_answer_of_the_broken_engine_is_noticed() -> None:
    assert failed(Outcome(HUNG, HUNG, TRANSCRIPTION, 0.2, "500")) == [
        "only the broken engine's requests fail, and truly"
    ]


def test_a_request_under_way_when_an_engine_breaks_may_fail() -> None:
    assert failed(Outcome(CALM_PHASE, HUNG, TRANSCRIPTION, 2.0, "504")) == []


def test_a_sound_engine_that_becomes_slow_is_noticed() -> None:
    assert failed(Outcome(HUNG, HUNG, SPEECH, 0.5, "200")) == [
        "the other engine's p99 stays within 2 x"
    ]


def test_a_phase_in_which_nothing_was_asked_proves_nothing() -> None:
    nothing = list(judge(CALM, [seen(HUNG, CALM)], AT_REST, AT_REST))

    assert [one.demand for one in nothing if not one.met] == [
        "the other engine's p99 stays within 2 x"
    ]


def test_what_is_left_over_is_noticed() -> None:
    assert failed(after=replace(AT_REST, files=1)) == ["no files are left over"]
    assert failed(after=replace(AT_REST, threads=71)) == ["no threads are left over"]
    assert failed(after=replace(AT_REST, memory_mib=333.0)) == ["memory returns to within 32 MiB"]
