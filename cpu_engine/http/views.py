"""The endpoints: read the request, ask a model, answer as the containers do."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse

from cpu_engine import engine, models, settings
from cpu_engine.audio_samples import SAMPLE_RATE, Samples, decode
from cpu_engine.diarization.diarizer import Diarization
from cpu_engine.http.errors import BadRequest, NotReady, TooLarge, WrongMethod
from cpu_engine.speech.speech_stream import SpeechStream, parse_request

View = Callable[[HttpRequest], HttpResponseBase]


def only(method: str) -> Callable[[View], View]:
    """Refuse every other method."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest) -> HttpResponseBase:
            if request.method != method:
                raise WrongMethod(method)
            return view(request)

        return checked

    return decorate


@only("GET")
def health(_: HttpRequest) -> HttpResponseBase:
    """Say whether this engine can infer."""
    if not models.prepared():
        raise NotReady
    return JsonResponse({"status": "healthy"})


@only("GET")
def list_models(_: HttpRequest) -> HttpResponseBase:
    """List the models in OpenAI's shape."""
    data = [
        {"id": model.name, "object": "model", "created": 0, "owned_by": "cpu_engine"}
        for model in models.manifest().models
    ]
    return JsonResponse({"object": "list", "data": data})


@only("GET")
def voices(_: HttpRequest) -> HttpResponseBase:
    """List the voices."""
    return JsonResponse({"voices": [{"id": name, "name": name} for name in models.voice_names()]})


@only("POST")
def speech(request: HttpRequest) -> HttpResponseBase:
    """Speak, and stream from the first sentence."""
    asked = parse_request(request.body, models.voice_names(), settings.MAX_SPEECH_CHARACTERS)
    stream = SpeechStream(asked, engine.speaker)
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
    return StreamingHttpResponse(stream, content_type=asked.form.media_type, headers=headers)


@only("POST")
def transcriptions(request: HttpRequest) -> HttpResponseBase:
    """Transcribe with word times; always in the shape of verbose_json."""
    return transcript(request, translates=False)


@only("POST")
def translations(request: HttpRequest) -> HttpResponseBase:
    """Translate into English, in the shape of verbose_json with times of words."""
    return transcript(request, translates=True)


def transcript(request: HttpRequest, *, translates: bool) -> HttpResponseBase:
    recording = uploaded(request)
    with engine.transcriber.place_and_turn() as transcribe:
        samples = decoded(recording)
        spoken = transcribe(
            samples,
            language=language_code(request.POST.get("language", "")),
            prompt=request.POST.get("prompt") or None,
            temperature=number(request.POST.get("temperature", "")),
            translates=translates,
        )
    words = [
        {"start": w.start, "end": w.end, "text": w.text, "confidence": w.confidence}
        for w in spoken.words
    ]
    return JsonResponse(
        {
            "task": "translate" if translates else "transcribe",
            "text": spoken.text,
            "duration": seconds(samples),
            "language": spoken.language,
            "model": engine.TRANSCRIPTION_MODEL,
            "words": words,
        }
    )


@only("POST")
def diarize(request: HttpRequest) -> HttpResponseBase:
    """Return who spoke when."""
    samples, diarization = diarized(request)
    model = engine.SEGMENTATION_MODEL
    return JsonResponse({**described(samples, diarization), "model": model})


@only("POST")
def diarize_chunk(request: HttpRequest) -> HttpResponseBase:
    """Return who spoke when, and one embedding for each speaker."""
    samples, diarization = diarized(request)
    space = models.manifest().model(engine.FINGERPRINT_MODEL).space
    return JsonResponse(
        {
            **described(samples, diarization),
            "model": engine.SEGMENTATION_MODEL,
            "models": {"diarization": engine.SEGMENTATION_MODEL, "embedding": str(space)},
            "fingerprints": {
                label: [round(float(number), 6) for number in vector]
                for label, vector in diarization.embeddings.items()
            },
        }
    )


def diarized(request: HttpRequest) -> tuple[Samples, Diarization]:
    recording = uploaded(request)
    with engine.diarizer.place_and_turn() as diarizer:
        samples = decoded(recording)
        return samples, diarizer(samples)


def described(samples: Samples, diarization: Diarization) -> dict[str, object]:
    """Put the turns into the contract's words."""
    segments = [
        {"start_s": round(turn.start, 3), "end_s": round(turn.end, 3), "speaker": turn.speaker}
        for turn in diarization.turns
    ]
    speakers = list(diarization.embeddings)
    return {"duration": seconds(samples), "segments": segments, "speakers_detected": speakers}


def uploaded(request: HttpRequest) -> Path:
    """Find the recording on disk."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(f"The upload is larger than the limit of {settings.MAX_UPLOAD_MB} MB.")
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        raise BadRequest("The field 'file' is missing.")
    return Path(file.temporary_file_path())


def decoded(recording: Path) -> Samples:
    return decode(recording, settings.MAX_AUDIO_MINUTES * 60)


def seconds(samples: Samples) -> float:
    return round(len(samples) / SAMPLE_RATE, 3)


def language_code(text: str) -> str | None:
    """Take the language out of a tag: 'en-US' → 'en'; nothing means that it is found out."""
    return text.strip().lower().split("-")[0] or None


def number(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError as error:
        raise BadRequest("The field 'temperature' must be a number.") from error
    if not 0 <= value <= 1:
        raise BadRequest("The field 'temperature' must be between 0 and 1.")
    return value
