"""Engines that answer the samples, and requests in the shape in which the samples write them."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from audio.engines.client import Engine
from audio.engines.dialects.dialect import Dialect
from audio.engines.dialects.registry import DIALECTS
from audio.engines.role_engine import RoleEngine
from audio.engines.role_settings import Role
from tests.audio.engines.dialects.samples import sample
from tests.faults import Asked, FaultServer
from tests.faults.answers import Answer, as_json


def dialect_of(name: str) -> str:
    """Return the dialect of a sample, which its name begins with."""
    return name.split(".")[0]


def path_of(request: Mapping[str, Any]) -> str:
    """Return the path of a request, with its query."""
    query = request.get("query")
    return f"{request['path']}?{urlencode(query)}" if query else str(request["path"])


def answer_of(response: Mapping[str, Any]) -> Answer:
    """Return a sample's answer as the fault server sends it."""
    how = {
        "status": response["status"],
        "content_type": response["content_type"],
        "headers": response.get("headers", {}),
    }
    if isinstance(response["body"], str):
        return Answer(pieces=(response["body"].encode(),), **how)
    return as_json(response["body"], **how)


def model_of(request: Mapping[str, Any]) -> str:
    """Return the model that a request names; empty where it names no model."""
    sent = request.get("form") or request.get("json") or {}
    return str(sent.get("model", ""))


@contextmanager
def answering(faults: FaultServer, name: str, role: Role) -> Iterator[tuple[Dialect, RoleEngine]]:
    """Have an engine, set as a sample asks it, answer the sample; yield its dialect and it."""
    exchange = sample(name)
    request = exchange["request"]
    faults.break_with(path_of(request), answer_of(exchange["response"]))
    key = request.get("headers", {}).get("Authorization", "")
    path = request["path"] if dialect_of(name) == "openai" else ""
    with closing(Engine(role, faults.url, authorization=key, is_foreign=True)) as asked:
        yield DIALECTS[dialect_of(name)], RoleEngine(asked, role, model_of(request), path)


def request_of(asked: Asked, *, wav: bytes) -> dict[str, Any]:
    """Return a request as the samples write it; `wav` is the recording that it has."""
    parts = urlsplit(asked.path)
    read: dict[str, Any] = {"method": "POST", "path": parts.path}
    if parts.query:
        read["query"] = dict(parse_qsl(parts.query))
    sent = {name.title(): value for name, value in asked.headers.items()}
    if "Authorization" in sent:
        read["headers"] = {"Authorization": sent["Authorization"]}
    if sent["Content-Type"] == "application/json":
        read["json"] = asked.json
    else:
        read["form"] = {
            name: "(audio)" if value == wav else value for name, value in asked.form.items()
        }
    return read
