"""The settings of each role: which engines it has, their dialect, and how they are asked.

PARAKEET_URL fills the roles words, turns and voices, KOKORO_URL the role speech, wherever
`<ROLE>_URL` is not set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from operator import attrgetter
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import httpx
from django.conf import settings

Role = Literal["words", "turns", "voices", "speech"]
ROLES: tuple[Role, ...] = get_args(Role)
ProbeWhen = Literal["always", "on-failure", "off"]
PROBES: tuple[ProbeWhen, ...] = ("always", "on-failure", "off")
DEFAULT_DIALECTS: Mapping[Role, str] = {
    "words": "openai",
    "turns": "localai",
    "voices": "localai",
    "speech": "openai",
}
# The settings that name one engine for several roles, and its dialect.
SHORT_FORMS: Mapping[Role, str] = {
    "words": "parakeet",
    "turns": "parakeet",
    "voices": "parakeet",
    "speech": "kokoro",
}
# Parameters of an address that hold a key, in the spellings that hosted engines use.
_KEY_PARAMETERS = ("api_key", "apikey", "api-key", "key", "token", "access_token")


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of an engine without credentials, and the header that has them."""

    url: str
    authorization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSettings:
    """How the settings fill one role.

    `source` is the start of the names of its settings: WORDS, or PARAKEET for the short form.
    `max_bytes` and `max_s` are 0 where the dialect's own limits count.
    """

    role: Role
    source: str
    addresses: tuple[Address, ...]
    dialect: str
    model: str = ""
    path: str = ""
    max_bytes: int = 0
    max_s: float = 0.0
    probe: str = "always"

    @property
    def is_short_form(self) -> bool:
        """Whether PARAKEET_URL or KOKORO_URL fills the role."""
        return self.source != self.role.upper()


# A value for each name in `_NAMES`: what the settings say about roles, to be compared quickly.
Values = tuple[object, ...]
_PARTS = ("URL", "DIALECT", "MODEL", "KEY", "PROBE")
_LIMITS = ("MAX_BYTES", "MAX_S")
_NAMES = (
    *(f"{role.upper()}_{part}" for role in ROLES for part in _PARTS),
    *(f"{role}_{limit}" for role in ("WORDS", "TURNS") for limit in _LIMITS),
    *("WORDS_PATH", "PARAKEET_URL", "KOKORO_URL"),
)
_values_of = attrgetter(*_NAMES)


def current_values() -> Values:
    """Return what the settings say now."""
    values: Values = _values_of(settings)
    return values


def configured_roles() -> Mapping[Role, RoleSettings]:
    """Return the settings of every role that has an engine."""
    return roles_of(current_values())


@lru_cache(maxsize=16)
def roles_of(values: Values) -> Mapping[Role, RoleSettings]:
    """Return the settings of every role that has an engine by these values."""
    given = dict(zip(_NAMES, values, strict=True))
    found = ((role, _role_settings(role, given)) for role in ROLES)
    return {role: known for role, known in found if known is not None}


def _role_settings(role: Role, given: Mapping[str, Any]) -> RoleSettings | None:
    name, short = role.upper(), SHORT_FORMS[role]
    key = given[f"{name}_KEY"]
    if text := given[f"{name}_URL"]:
        return RoleSettings(
            role=role,
            source=name,
            addresses=addresses(text, key),
            dialect=given[f"{name}_DIALECT"] or DEFAULT_DIALECTS[role],
            model=given[f"{name}_MODEL"],
            path=given.get(f"{name}_PATH", ""),
            max_bytes=given.get(f"{name}_MAX_BYTES", 0),
            max_s=given.get(f"{name}_MAX_S", 0.0),
            probe=given[f"{name}_PROBE"] or ("on-failure" if key else "always"),
        )
    if url := given[f"{short.upper()}_URL"]:
        return RoleSettings(
            role=role, source=short.upper(), addresses=addresses(url, ""), dialect=short
        )
    return None


# One engine: its address, its dialect, and whether it speaks, for which it has slots of its own.
Identity = tuple[Address, str, bool]


def identity_of(one: RoleSettings, address: Address) -> Identity:
    """Return what two roles must have in common to be one engine with one set of slots."""
    return address, one.dialect, one.role == "speech"


def name_engines(roles: tuple[RoleSettings, ...]) -> dict[Identity, str]:
    """Name each engine: by the short form if it fills one of its roles, else by its first role.

    The second of a list is `words-2`.
    """
    names: dict[Identity, str] = {}
    for one in sorted(roles, key=lambda role: not role.is_short_form):
        for address in one.addresses:
            if (engine := identity_of(one, address)) not in names:
                base, taken = one.source.lower(), set(names.values())
                numbered = (f"{base}-{number}" for number in count(2))
                names[engine] = next(n for n in chain([base], numbered) if n not in taken)
    return names


def probe_when(engine: str) -> str:
    """Return when an engine is probed: as the most reluctant of its roles says."""
    roles = tuple(configured_roles().values())
    named = name_engines(roles)
    wishes = {
        one.probe
        for one in roles
        for address in one.addresses
        if named[identity_of(one, address)] == engine
    }
    return next((when for when in reversed(PROBES) if when in wishes), "always")


def engine_urls() -> Mapping[str, str]:
    """Return the address of each configured engine by its name."""
    return _engine_urls(current_values())


@lru_cache(maxsize=16)
def _engine_urls(values: Values) -> Mapping[str, str]:
    named = name_engines(tuple(roles_of(values).values()))
    return {name: address.url for (address, _, _), name in named.items()}


def setting(role: Role, name: str) -> str:
    """Return the text of one of a role's settings."""
    value: str = getattr(settings, f"{role.upper()}_{name}")
    return value


def short_form_url(engine: str) -> str:
    """Return PARAKEET_URL or KOKORO_URL."""
    url: str = getattr(settings, f"{engine.upper()}_URL")
    return url


@lru_cache(maxsize=64)
def addresses(text: str, key: str) -> tuple[Address, ...]:
    """Read a comma-separated list of base URLs; a key in a URL moves to its header.

    `key` is the key of all that name none.
    """
    return tuple(
        dict.fromkeys(_address(one.strip(), key) for one in text.split(",") if one.strip())
    )


def _address(text: str, key: str) -> Address:
    try:
        parts = urlsplit(text)
    except ValueError:
        # A system check refuses it.
        return Address(text)
    query = parse_qsl(parts.query, keep_blank_values=True)
    found = [value for name, value in query if name.lower() in _KEY_PARAMETERS]
    kept = [(name, value) for name, value in query if name.lower() not in _KEY_PARAMETERS]
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), urlencode(kept), ""))
    own = _bearer(next(iter(found), "")) or _credentials(parts.username, parts.password)
    return Address(url, own or _bearer(key))


def _credentials(user: str | None, password: str | None) -> str:
    """Return the header for what comes before the host: a key alone, or a user and a password."""
    if user and password is not None:
        request = httpx.Request("GET", "http://engine")
        basic = httpx.BasicAuth(unquote(user), unquote(password))
        return next(basic.sync_auth_flow(request)).headers["authorization"]
    return _bearer(unquote(password or user or ""))


def _bearer(key: str) -> str:
    return f"Bearer {key}" if key else ""
