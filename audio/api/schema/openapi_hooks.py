"""What drf-spectacular cannot find out by itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """API keys are bearer tokens."""

    target_class = "audio.api.authentication.BearerKey"
    name = "bearerKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def without_slash_twins(
    endpoints: list[tuple[str, Any, Any, Any]],
) -> list[tuple[str, Any, Any, Any]]:
    """Document each address once, without its trailing slash."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


def with_refusals(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Document for every endpoint that whatever is refused, or fails, comes in the envelope."""
    refusal = {"$ref": "#/components/schemas/Refusal"}
    told = {
        "4XX": {"description": "Refused: the message names the field and what was expected."},
        "5XX": {"description": "An engine is busy, down or broken; or the gateway failed."},
    }
    for path in result["paths"].values():
        for operation in path.values():
            for status, answer in told.items():
                content = {"application/json": {"schema": refusal}}
                operation["responses"].setdefault(status, {**answer, "content": content})
    return result
