"""What drf-spectacular cannot find out by itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """API keys are bearer tokens."""

    target_class = "audio.authentication.BearerKey"
    name = "bearer key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def without_slash_twins(
    endpoints: list[tuple[str, Any, Any, Any]],
) -> list[tuple[str, Any, Any, Any]]:
    """Document each address once, without its trailing slash."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]
