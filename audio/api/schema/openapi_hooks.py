"""Extensions of drf-spectacular: bearer keys, one path per endpoint, and the error envelope."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

REFUSALS = {
    "4XX": {"description": "Refused: the message names the field and what was expected."},
    "5XX": {"description": "An engine is busy, down or broken, or the gateway failed."},
}


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """API keys are bearer tokens."""

    target_class = "audio.api.authentication.BearerKey"
    name = "bearerKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def without_slash_twins(
    endpoints: list[tuple[str, Any, Any, Any]],
) -> list[tuple[str, Any, Any, Any]]:
    """Document each path once, without its trailing slash."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


def with_refusals(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Document the error envelope for every endpoint."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for status, refusal in REFUSALS.items():
                operation["responses"].setdefault(status, {**refusal, "content": content})
    return result


def with_files_first(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """List the files of each form before its other fields: they are what a form is about."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        fields = schema.get("properties", {})
        files = {name: one for name, one in fields.items() if one.get("format") == "binary"}
        if files:
            schema["properties"] = {**files, **fields}
    return result
