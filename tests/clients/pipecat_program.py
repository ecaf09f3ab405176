"""pipecat's OpenAI services in a pipeline, as a program: see tests/clients/program.py."""

import base64
from typing import Any

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.stt import OpenAIRealtimeSTTService, OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.workers.runner import WorkerRunner

from tests.clients.program import Call, serve

RATES = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=24_000)
PACKET_BYTES = 2 * 320


async def transcribe(call: Call) -> dict[str, Any]:
    """Send packets of 16 kHz between the start and the end of speech."""
    service = OpenAISTTService(
        base_url=call["base_url"],
        api_key="none",
        include_prob_metrics=call.get("probabilities", False),
        settings=OpenAISTTService.Settings(**call["options"]),
    )
    return await _transcribed(service, call["samples"])


async def listen(call: Call) -> dict[str, Any]:
    """Send the same packets to a realtime session."""
    service = OpenAIRealtimeSTTService(
        base_url=call["url"],
        api_key="none",
        turn_detection=call["turn_detection"],
        settings=OpenAIRealtimeSTTService.Settings(**call["options"]),
    )
    return await _transcribed(service, call["samples"])


async def speak(call: Call) -> dict[str, Any]:
    """Speak a sentence, and join the frames that an agent would play."""
    service = OpenAITTSService(
        base_url=call["base_url"],
        api_key="none",
        settings=OpenAITTSService.Settings(**call["options"]),
    )
    frames = await _frames_of(service, TTSStoppedFrame, TTSSpeakFrame(call["text"]))
    audio = [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
    return {
        "samples": base64.b64encode(b"".join(frame.audio for frame in audio)).decode(),
        "rates": sorted({frame.sample_rate for frame in audio}),
    }


async def _transcribed(service: FrameProcessor, samples: str) -> dict[str, Any]:
    spoken = (VADUserStartedSpeakingFrame(), *_packets(samples), VADUserStoppedSpeakingFrame())
    frames = await _frames_of(service, TranscriptionFrame, *spoken)
    return {
        "texts": [frame.text for frame in frames if isinstance(frame, TranscriptionFrame)],
        "frames": [type(frame).__name__ for frame in frames],
    }


async def _frames_of(service: FrameProcessor, last: type[Frame], *sent: Frame) -> list[Frame]:
    """Run a pipeline of the service until it has sent a frame of this type, or an error."""
    worker = PipelineWorker(Pipeline([service]), params=RATES, enable_rtvi=False)
    worker.set_reached_downstream_filter((Frame,))
    frames: list[Frame] = []
    errors: list[str] = []

    async def reached(_worker: PipelineWorker, frame: Frame) -> None:
        frames.append(frame)
        if isinstance(frame, last):
            await worker.queue_frame(EndFrame())

    async def failed(_worker: PipelineWorker, frame: ErrorFrame) -> None:
        errors.append(frame.error)
        await worker.cancel()

    async def started(_worker: PipelineWorker, _frame: Frame) -> None:
        await worker.queue_frames(sent)

    worker.add_event_handler("on_frame_reached_downstream", reached)
    worker.add_event_handler("on_pipeline_error", failed)
    worker.add_event_handler("on_pipeline_started", started)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
    if errors:
        raise RuntimeError("; ".join(errors))
    return frames


def _packets(samples: str) -> list[Frame]:
    raw = base64.b64decode(samples)
    return [
        InputAudioRawFrame(raw[at : at + PACKET_BYTES], 16_000, 1)
        for at in range(0, len(raw), PACKET_BYTES)
    ]


if __name__ == "__main__":
    serve(transcribe, listen, speak)
