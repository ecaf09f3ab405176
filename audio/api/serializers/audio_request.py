"""The base class of the requests of all endpoints."""

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


@cache
def _fields_of(request_class: type[AudioRequest]) -> BindingDict:
    fields = BindingDict(request_class())
    for name, field in request_class().get_fields().items():
        fields[name] = field
    return fields
