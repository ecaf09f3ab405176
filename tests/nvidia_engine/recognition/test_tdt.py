import numpy as np
from numpy.typing import NDArray

from nvidia_engine.features import Samples, mel_rows, normalize
from nvidia_engine.recognition.tdt import States, decode_tokens, empty_states
from nvidia_engine.sessions import Recognizer

BLANK = 2


def decode(step: object, frames: int) -> list[tuple[int, int]]:
    encoded = np.zeros((1, 4, frames), np.float32)
    states = empty_states([(1, 1, 2), (1, 1, 2)], 1)
    [tokens] = decode_tokens(encoded, np.array([frames]), step, states, BLANK)  # type: ignore[arg-type]
    return [(token.number, token.frame) for token in tokens]


def answering(token: int, duration: int) -> object:
    def step(
        rows: NDArray[np.float32], last: NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        logits = np.zeros((len(rows), BLANK + 1 + 5), np.float32)
        logits[:, token] = logits[:, BLANK + 1 + duration] = 5
        return logits, states

    return step


def test_a_blank_without_a_duration_moves_one_frame() -> None:
    assert decode(answering(BLANK, 0), frames=3) == []


def test_a_token_without_a_duration_is_repeated_at_most_ten_times_on_a_frame() -> None:
    assert decode(answering(0, 0), frames=2) == [(0, 0)] * 10 + [(0, 1)] * 10


def test_a_duration_skips_frames() -> None:
    assert decode(answering(1, 4), frames=9) == [(1, 0), (1, 4), (1, 8)]


def test_a_batch_gives_the_tokens_of_single_recordings(
    recognizer: Recognizer, meeting: Samples
) -> None:
    clips = [meeting[:128_000], meeting[:320_000], meeting[100_000:148_000]]
    features = [normalize(mel_rows(clip, 0, len(clip) // 160, recognizer.bands)) for clip in clips]

    together = recognizer(features)

    alone = [recognizer([one])[0] for one in features]
    assert [[t.number for t in tokens] for tokens in together] == [
        [t.number for t in tokens] for tokens in alone
    ]
