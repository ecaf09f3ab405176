"""The spans of speech, from the turns."""

import pytest

from audio.merge.speech_spans import SpeechRule, speech_spans
from audio.merge.values import Turn

TURNS = [Turn(5.0, 6.0, "b"), Turn(0.5, 2.0, "a"), Turn(1.5, 3.0, "b"), Turn(3.4, 4.0, "a")]


@pytest.mark.parametrize(
    ("rule", "spans"),
    [
        (SpeechRule(), [(0.5, 4.0), (5.0, 6.0)]),
        (SpeechRule(min_silence_s=2.0), [(0.5, 6.0)]),
        (SpeechRule(min_silence_s=0.1), [(0.5, 3.0), (3.4, 4.0), (5.0, 6.0)]),
        (SpeechRule(min_speech_s=2.0), [(0.5, 4.0)]),
        (SpeechRule(pad_s=0.75), [(0.0, 4.75), (4.75, 6.0)]),
        (SpeechRule(longest_s=2.5), [(0.5, 3.0), (3.4, 4.0), (5.0, 6.0)]),
        (SpeechRule(longest_s=1.0), [(0.5, 1.5), (1.5, 2.5), (2.5, 3.0), (3.4, 4.0), (5.0, 6.0)]),
    ],
)
def test_a_rule_joins_cuts_and_pads_the_turns(
    rule: SpeechRule, spans: list[tuple[float, float]]
) -> None:
    found = speech_spans(TURNS, 6.0, rule=rule)

    assert [(one.start, one.end) for one in found] == spans


def test_without_turns_there_is_no_speech() -> None:
    assert speech_spans([], 6.0) == []
