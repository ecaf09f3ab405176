"""One version of the official Python client, as a program that makes the requested calls.

It reads one call per line, as JSON, and answers each with a line: what the client returned or
raised. So every version runs in a process of its own, with the packages that it wants.
"""

import base64
import inspect
import json
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import openai

Call = dict[str, Any]
Seen = dict[str, Any]


def main() -> None:
    for line in sys.stdin:
        call = json.loads(line)
        try:
            client = _client(call["base_url"], call["api_key"], call["max_retries"])
            seen = OPERATIONS[call["operation"]](client, call)
        except Exception as error:
            # The test reads any exception.
            seen = {"raised": _report(error)}
        print(json.dumps(seen), flush=True)


@cache
def _client(base_url: str, api_key: str, max_retries: int) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=max_retries,
        _strict_response_validation=True,
    )


def version(client: openai.OpenAI, call: Call) -> Seen:
    return {"kind": "str", "value": openai.__version__}


def transcribe(client: openai.OpenAI, call: Call) -> Seen:
    create = client.audio.transcriptions.create
    said = create(file=_file(call), **_arguments(create, call["fields"]))
    if call["fields"].get("stream"):
        return {"kind": "events", "value": [event.model_dump(mode="json") for event in said]}
    return _value(said)


def translate(client: openai.OpenAI, call: Call) -> Seen:
    return _value(client.audio.translations.create(file=_file(call), **call["fields"]))


def speak(client: openai.OpenAI, call: Call) -> Seen:
    create = client.audio.speech.create
    spoken = create(**_arguments(create, call["fields"]))
    return {
        "kind": type(spoken).__name__,
        "value": base64.b64encode(spoken.content).decode(),
        "headers": dict(spoken.response.headers),
    }


def begin_to_speak(client: openai.OpenAI, call: Call) -> Seen:
    create = client.audio.speech.with_streaming_response.create
    with create(**call["fields"]) as spoken:
        first = next(spoken.iter_bytes())
    return {"kind": "bytes", "value": base64.b64encode(first).decode()}


def list_models(client: openai.OpenAI, call: Call) -> Seen:
    return _value(client.models.list())


def retrieve_model(client: openai.OpenAI, call: Call) -> Seen:
    return _value(client.models.retrieve(**call["fields"]))


OPERATIONS: dict[str, Callable[[openai.OpenAI, Call], Seen]] = {
    operation.__name__: operation
    for operation in (
        version,
        transcribe,
        translate,
        speak,
        begin_to_speak,
        list_models,
        retrieve_model,
    )
}


def _arguments(create: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Move fields unknown to this version to `extra_body`, as its users would send them."""
    names = inspect.signature(create).parameters
    extra = {name: value for name, value in fields.items() if name not in names}
    named = {name: value for name, value in fields.items() if name in names}
    return named | ({"extra_body": extra} if extra else {})


def _file(call: Call) -> Any:
    given = call["file"]
    content = base64.b64decode(given["content"])
    if given["name"] is None:
        return content
    return (given["name"], content, *([given["type"]] if given["type"] else []))


def _value(value: Any) -> Seen:
    plain = value if isinstance(value, str) else value.model_dump(mode="json")
    return {
        "kind": type(value).__name__,
        "value": plain,
        "request_id": getattr(value, "_request_id", None),
    }


def _report(error: Exception) -> Seen:
    response = getattr(error, "response", None)
    request = getattr(error, "request", None)
    return {
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "message": str(error),
        "status": getattr(error, "status_code", None),
        "code": getattr(error, "code", None),
        "param": getattr(error, "param", None),
        "request_id": getattr(error, "request_id", None),
        "headers": dict(response.headers) if response is not None else {},
        "retries": request.headers.get("x-stainless-retry-count") if request else None,
    }


if __name__ == "__main__":
    main()
