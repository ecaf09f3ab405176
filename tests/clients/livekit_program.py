"""LiveKit's OpenAI services, as a program: see tests/clients/program.py."""

import base64
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectOptions
from livekit.agents.stt import SpeechEventType
from livekit.agents.utils import http_context
from livekit.plugins import openai

from tests.clients.program import Call, serve

ONCE = APIConnectOptions(max_retry=0, timeout=10)
PACKET_BYTES = 2 * 160


async def transcribe(call: Call) -> dict[str, Any]:
    """Send frames of 16 kHz, as an agent does when its voice activity detection saw an end."""
    service = openai.STT(base_url=call["base_url"], api_key="none", **call["options"])
    event = await service.recognize(_frames(call["samples"]), conn_options=ONCE)
    heard = event.alternatives[0]
    return {"type": event.type, "text": heard.text, "language": heard.language}


async def listen(call: Call) -> dict[str, Any]:
    """Send frames to a realtime session, until the first final transcript."""
    service = openai.STT(
        base_url=call["base_url"], api_key="none", use_realtime=True, **call["options"]
    )
    events = []
    async with http_context.open(), service.stream(conn_options=ONCE) as stream:
        for frame in _frames(call["samples"]):
            stream.push_frame(frame)
        async for event in stream:
            events.append(event)
            if event.type is SpeechEventType.FINAL_TRANSCRIPT:
                break
        await service.aclose()
    return {
        "types": [event.type for event in events],
        "text": events[-1].alternatives[0].text,
        "language": events[-1].alternatives[0].language,
    }


async def speak(call: Call) -> dict[str, Any]:
    """Speak as an agent does, and join the frames that it would play."""
    service = openai.TTS(base_url=call["base_url"], api_key="none", **call["options"])
    async with service.synthesize(call["text"], conn_options=ONCE) as stream:
        frames = [event.frame async for event in stream]
    await service.aclose()
    samples = b"".join(frame.data.tobytes() for frame in frames)
    return {
        "samples": base64.b64encode(samples).decode(),
        "rates": sorted({frame.sample_rate for frame in frames}),
    }


def _frames(samples: str) -> list[rtc.AudioFrame]:
    raw = base64.b64decode(samples)
    return [
        rtc.AudioFrame(part, 16_000, 1, len(part) // 2)
        for part in (raw[at : at + PACKET_BYTES] for at in range(0, len(raw), PACKET_BYTES))
    ]


if __name__ == "__main__":
    serve(transcribe, listen, speak)
