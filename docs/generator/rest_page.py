"""The page of endpoints, from the OpenAPI schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from drf_spectacular.generators import SchemaGenerator

INTRODUCTION = """\
# REST

Every endpoint, its fields and its answers, generated from the OpenAPI schema. A running gateway
serves the schema at `/api/schema` and a page to try it at `/api/docs`. Every error has the shape
that [Errors](errors.md) describes.
"""

Json = Mapping[str, Any]


def page() -> str:
    """Return the page in Markdown."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema: Json = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    operations = [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    tags = dict.fromkeys(operation["tags"][0] for _, _, operation in operations)
    parts = [INTRODUCTION]
    for tag in tags:
        parts.append(f"\n## {tag}\n")
        for method, path, operation in operations:
            if operation["tags"][0] == tag:
                parts += _operation(schema, method, path, operation)
    return "\n".join(parts) + "\n"


def _operation(schema: Json, method: str, path: str, operation: Json) -> Iterator[str]:
    yield f"\n### {method} {path}\n"
    yield f"{operation.get('summary', '').rstrip('.')}.\n"
    yield f"{operation.get('description', '')}\n"
    rows = [_row(one["name"], one["schema"], one) for one in operation.get("parameters", ())]
    yield from _table("parameter", rows)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body, `{kind}`:\n"
        yield from _table("field", list(_fields(schema, content["schema"])))
    answers = [(code, one) for code, one in operation["responses"].items() if code < "4"]
    for code, answer in answers:
        kinds = ", ".join(f"`{kind}`" for kind in answer.get("content", {}))
        yield f"Answer: {code}{', ' if kinds else ''}{kinds}.\n"


def _table(what: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield "\n".join([f"| {what} | type | default | |", "| --- | --- | --- | --- |", *rows, ""])


def _fields(schema: Json, body: Json) -> Iterator[str]:
    """Yield a row for each field of a body, whatever alternatives it has."""
    body = _resolved(schema, body)
    for alternative in body.get("oneOf", body.get("anyOf", ())):
        yield from _fields(schema, alternative)
    required = body.get("required", ())
    for name, field in body.get("properties", {}).items():
        whole = {**_resolved(schema, field), **field}
        yield _row(name, whole, {**whole, "required": name in required})


def _resolved(schema: Json, part: Json) -> Json:
    """Follow a reference, also one that is wrapped to add a description."""
    reference = part.get("$ref") or next(iter(part.get("allOf", ({},)))).get("$ref")
    if reference is None:
        return part
    found: Json = schema["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def _row(name: str, schema: Json, about: Json) -> str:
    kind = schema.get("format") or schema.get("type", "")
    if "enum" in schema:
        kind = ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
    default = f"`{schema['default']}`" if "default" in schema else ""
    if about.get("required") is True:
        default = "required"
    text = re.split(r"(?:^|\n\n)\* `", about.get("description", ""))[0]
    cells = (f"`{name}`", kind, default, text.replace("|", "&#124;").replace("\n", " "))
    return f"| {' | '.join(cells)} |"
