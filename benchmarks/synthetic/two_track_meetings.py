"""Mix two-track meetings from read speech: simulated rooms, loudspeakers, clocks and overlaps.

    .venv/bin/python -m benchmarks.synthetic.two_track_meetings VOICES --into var/two_tracks

VOICES is a folder with one FLAC of 16 kHz for each reader. The same seed makes the same meeting.
Each folder that is written has `mic.flac`, `system.flac`, `timeline.json` and `reference.json`, as
`benchmarks.two_tracks` reads them, but without texts: the readers' words are not known.

The room is simulated by the image source method (Allen and Berkley, JASA 65, 1979) with
pyroomacoustics. The loudspeaker is overdriven by a hyperbolic tangent, and the microphone's
automatic gain follows its own level, as in a laptop.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import cycle
from pathlib import Path

import av
import numpy as np
import pyroomacoustics as rooms
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.signal import fftconvolve, lfilter, resample

from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.recording import Recording

Samples = NDArray[np.float64]
USER = "Local User"
LONGEST_PIECE_S, SHORTEST_PIECE_S = 5.5, 1.5
# Frames below this share of the loudest are a pause, and pauses at least this long part pieces.
PAUSE_LEVEL, PAUSE_S, FRAME = 0.03, 0.2, 160


@dataclass(frozen=True, slots=True)
class MeetingSpec:
    """What is simulated; levels in dB, of the echo against the user's speech in the microphone."""

    name: str
    bleed_db: float | None = -10.0
    rt60_s: float = 0.3
    delay_s: float = 0.05
    drift_ppm: float = 0.0
    overdrive: float = 0.0
    has_agc: bool = False
    snr_db: float = 40.0
    mic_db: float = -26.0
    system_db: float = -24.0
    overlap: float = 0.25
    remotes: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reader's utterance, and where it begins in the meeting, in seconds."""

    name: str
    start: float
    samples: Samples


@dataclass(frozen=True)
class MadeMeeting:
    """Both tracks, and the parts of the microphone's: ``local + echo + noise``, before the AGC."""

    spec: MeetingSpec
    mic: Samples
    system: Samples
    local: Samples
    echo: Samples
    pieces: Sequence[Piece]


SPECS = (
    MeetingSpec("near", bleed_db=-10),
    MeetingSpec("loud", bleed_db=0, rt60_s=0.4, delay_s=0.15, seed=1),
    MeetingSpec("quiet", bleed_db=-20, snr_db=20, delay_s=0.02, seed=2),
    MeetingSpec("overdriven", bleed_db=0, overdrive=1.5, rt60_s=0.35, seed=3),
    MeetingSpec("drifting", bleed_db=-6, drift_ppm=100, delay_s=0.2, seed=4),
    MeetingSpec("late", bleed_db=-8, delay_s=2.0, seed=5),
    MeetingSpec("early", bleed_db=-8, delay_s=-1.0, seed=6),
    MeetingSpec("reverberant", bleed_db=-6, rt60_s=0.6, seed=7),
    MeetingSpec("agc", bleed_db=-6, has_agc=True, seed=8),
    MeetingSpec("low_mic", bleed_db=-10, mic_db=-46, seed=9),
    MeetingSpec("low_system", bleed_db=-3, system_db=-40, seed=10),
    MeetingSpec("headset", bleed_db=None, seed=11),
)


def read_voices(folder: Path) -> dict[str, Samples]:
    """Return the samples of every reader of a folder, by file name."""
    return {
        path.stem: np.concatenate(list(sample_blocks(Recording(path, path.suffix)))).astype(float)
        for path in sorted(folder.glob("*.flac"))
    }


def make_meeting(spec: MeetingSpec, voices: Mapping[str, Samples]) -> MadeMeeting:
    """Mix one meeting; the seed selects the readers, the turns and the room."""
    random = default_rng(spec.seed)
    readers = list(random.permutation(sorted(voices))[: spec.remotes + 1])
    names = [USER, *(f"Remote {number + 1}" for number in range(spec.remotes))]
    pieces = _placed(names, [_pieces(voices[reader]) for reader in readers], spec, random)
    length = max(round(piece.start * SAMPLE_RATE) + len(piece.samples) for piece in pieces)
    length += SAMPLE_RATE
    dry = _summed([piece for piece in pieces if piece.name == USER], length)
    system = _summed([piece for piece in pieces if piece.name != USER], length)
    local, heard = _in_room(dry, _from_loudspeaker(system, spec), spec, random)
    local *= _gain(local, spec.mic_db)
    echo = np.zeros(length)
    if spec.bleed_db is not None:
        echo = _late(heard, spec)
        echo *= _gain(echo, spec.mic_db + spec.bleed_db)
    noise = random.normal(0.0, 10 ** ((spec.mic_db - spec.snr_db) / 20), length)
    mic = local + echo + noise
    system = system * _gain(system, spec.system_db) + random.normal(0.0, 1e-4, length)
    return MadeMeeting(spec, _levelled(mic) if spec.has_agc else mic, system, local, echo, pieces)


def write_meeting(meeting: MadeMeeting, folder: Path) -> None:
    """Write a meeting as a folder that `benchmarks.two_tracks` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    write_flac(folder / "mic.flac", meeting.mic)
    write_flac(folder / "system.flac", meeting.system)
    turns = [_turn(piece) for piece in meeting.pieces]
    shown = [
        {"start": turn["start"], "end": turn["end"], "name": turn["speaker"]}
        for turn in turns
        if turn["side"] == "system"
    ]
    reference = {"spec": asdict(meeting.spec), "self_name": USER, "turns": turns}
    (folder / "timeline.json").write_text(json.dumps(shown, indent=1))
    (folder / "reference.json").write_text(json.dumps(reference, indent=1))


def write_flac(path: Path, samples: Samples) -> None:
    """Write samples in [-1, 1] as a FLAC of 16 kHz and 16 bits; louder ones are clipped."""
    scaled = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        for start in range(0, len(scaled), 4096):
            block = scaled[np.newaxis, start : start + 4096]
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _turn(piece: Piece) -> dict[str, object]:
    end = round(piece.start + len(piece.samples) / SAMPLE_RATE, 3)
    return {
        "start": round(piece.start, 3),
        "end": end,
        "speaker": piece.name,
        "side": "mic" if piece.name == USER else "system",
        "text": "",
        "speech": [[round(piece.start, 3), end]],
    }


def _pieces(voice: Samples) -> list[Samples]:
    """Cut an utterance in its pauses."""
    frames = len(voice) // FRAME
    level = np.sqrt(np.square(voice[: frames * FRAME].reshape(frames, FRAME)).mean(axis=1))
    quiet = level < PAUSE_LEVEL * level.max()
    pieces, start, held = [], 0, 0
    for frame in range(frames):
        held = held + 1 if quiet[frame] else 0
        long_enough = (frame - start) * FRAME >= SHORTEST_PIECE_S * SAMPLE_RATE
        is_pause = held * FRAME >= PAUSE_S * SAMPLE_RATE
        too_long = (frame - start) * FRAME >= LONGEST_PIECE_S * SAMPLE_RATE
        if (long_enough and is_pause) or (too_long and quiet[frame]):
            pieces.append(voice[start * FRAME : frame * FRAME])
            start = frame
    return [*pieces, voice[start * FRAME :]]


def _placed(
    names: Sequence[str], stocks: Sequence[list[Samples]], spec: MeetingSpec, random: Generator
) -> list[Piece]:
    """Let the people speak in turn; some turns begin before the last one has ended."""
    # The user speaks every second time.
    order = cycle(
        [who for other in range(1, len(names)) for who in (0, other)] if names[1:] else [0]
    )
    left = [list(stock) for stock in stocks]
    pieces: list[Piece] = []
    end = 0.5
    while any(left):
        who = next(index for index in order if left[index])
        samples = left[who].pop(0)
        overlaps = pieces and pieces[-1].name != names[who] and random.random() < 2 * spec.overlap
        gap = -random.uniform(0.5, 2.5) if overlaps else random.uniform(0.1, 0.8)
        start = max(0.2, end + gap)
        pieces.append(Piece(names[who], start, samples))
        end = max(end, start + len(samples) / SAMPLE_RATE)
    return pieces


def _summed(pieces: Sequence[Piece], length: int) -> Samples:
    track = np.zeros(length)
    for piece in pieces:
        start = round(piece.start * SAMPLE_RATE)
        level = np.sqrt(np.square(piece.samples).mean()) or 1.0
        track[start : start + len(piece.samples)] += piece.samples / level * 0.05
    return track


def _from_loudspeaker(system: Samples, spec: MeetingSpec) -> Samples:
    if not spec.overdrive:
        return system
    scale = spec.overdrive / (np.abs(system).max() or 1.0)
    return np.asarray(np.tanh(system * scale * 2) / scale)


def _in_room(
    dry: Samples, loudspeaker: Samples, spec: MeetingSpec, random: Generator
) -> tuple[Samples, Samples]:
    """Return what the microphone hears of the user and of the loudspeaker."""
    size = np.array([random.uniform(3.5, 6), random.uniform(3, 5), random.uniform(2.4, 3)])
    absorption, order = rooms.inverse_sabine(spec.rt60_s, size)
    room = rooms.ShoeBox(
        size, fs=SAMPLE_RATE, materials=rooms.Material(absorption), max_order=min(order, 20)
    )
    microphone = size * [0.5, 0.4, 0.35]
    room.add_source(microphone + np.array([0.1, 0.4, 0.2]))
    near = (random.uniform(-0.5, 0.5), random.uniform(0.15, 0.6), 0.05)
    room.add_source(microphone + np.array(near))
    room.add_microphone(microphone)
    room.compute_rir()
    of_user, of_loudspeaker = room.rir[0]
    length = len(dry)
    return fftconvolve(dry, of_user)[:length], fftconvolve(loudspeaker, of_loudspeaker)[:length]


def _late(heard: Samples, spec: MeetingSpec) -> Samples:
    """Delay the echo, on a clock that runs slower by the drift."""
    length = len(heard)
    if spec.drift_ppm:
        heard = resample(heard, round(length * (1 + spec.drift_ppm * 1e-6)))[:length]
    shift = round(spec.delay_s * SAMPLE_RATE)
    late = np.zeros(length)
    if shift >= 0:
        late[shift:] = heard[: length - shift][: max(0, length - shift)]
    else:
        late[:shift] = heard[-shift:]
    return late


def _gain(samples: Samples, level_db: float) -> float:
    """Return the gain that brings the speech of a track to a level in dB of full scale."""
    active = np.abs(samples) > 0.02 * (np.abs(samples).max() or 1.0)
    level = np.sqrt(np.square(samples[active]).mean()) if active.any() else 1.0
    return float(10 ** (level_db / 20) / level)


def _levelled(mic: Samples) -> Samples:
    """Apply an automatic gain of ± 9 dB that follows the level with half a second."""
    keep = np.exp(-1 / (0.5 * SAMPLE_RATE))
    level = np.sqrt(np.maximum(lfilter([1 - keep], [1, -keep], np.square(mic)), 1e-10))
    target = np.median(level[level > 0.1 * level.max()])
    return np.asarray(mic * np.clip(target / level, 10 ** (-9 / 20), 10 ** (9 / 20)))


def _specs(names: Sequence[str], seeds: int) -> Iterator[MeetingSpec]:
    for spec in SPECS:
        if not names or spec.name in names:
            for seed in range(seeds):
                name = spec.name if seed == 0 else f"{spec.name}_{seed}"
                yield replace(spec, name=name, seed=spec.seed + 100 * seed)


def main() -> None:
    """Write the meetings that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("voices", type=Path)
    parser.add_argument("--into", type=Path, default=Path("var/two_tracks"))
    parser.add_argument("--names", nargs="*", default=[], help="of SPECS; all without it")
    parser.add_argument("--seeds", type=int, default=1, help="meetings for each")
    options = parser.parse_args()
    voices = read_voices(options.voices)
    for spec in _specs(options.names, options.seeds):
        write_meeting(make_meeting(spec, voices), options.into / spec.name)
        print(options.into / spec.name)


if __name__ == "__main__":
    main()
