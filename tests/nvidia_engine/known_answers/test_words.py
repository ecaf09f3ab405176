"""Every word of a recording, at its time, whatever the cuts.

`python -m benchmarks.nvidia_engine --known-answers 2` asks the same of two hours.
"""

import pytest

from tests.nvidia_engine.known_answers.engines import KnownEngine
from tests.nvidia_engine.known_answers.recordings import FRAME_S, spoken_words


@pytest.mark.parametrize("seconds", [5, 23, 25, 49, 120])
def test_no_word_is_lost_or_doubled_and_each_has_its_time(
    known: KnownEngine, seconds: int
) -> None:
    samples, expected = spoken_words(seconds)

    heard = known.engine.transcribe(known.recording(samples))

    assert [word.text for word in heard] == [text for text, _ in expected]
    differences = [abs(w.start - at) for w, (_, at) in zip(heard, expected, strict=True)]
    assert max(differences) <= FRAME_S + 1e-6
