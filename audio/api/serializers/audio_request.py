"""The base class of the requests of all endpoints."""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any

from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


class AudioRequest(serializers.Serializer[Any]):
    """A request whose fields are made once for all requests of its class.

    Django REST framework copies the fields for each request, which takes longer than to validate
    it. Because they are shared, a field must not store anything about a request.
    """

    @cached_property
    def fields(self) -> BindingDict:
        return _fields_of(type(self))

    def unknown(self) -> Iterator[str]:
        """Yield the fields of this request that its endpoint does not have."""
        known = {name for field in self.fields for name in (field, f"{field}[]")}
        yield from (name for name in self.initial_data if name not in known)


@cache
def _fields_of(request_class: type[AudioRequest]) -> BindingDict:
    fields = BindingDict(request_class())
    for name, field in request_class().get_fields().items():
        fields[name] = field
    return fields
