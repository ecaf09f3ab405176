"""What the requests of all endpoints have in common."""

from functools import cache, cached_property
from typing import Any

from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


class AudioRequest(serializers.Serializer[Any]):
    """What an endpoint takes. Its fields are alike for all requests, and made once.

    Django REST framework copies them anew for each, which takes longer than to read the request.
    So nothing of a request may be kept in a field.
    """

    @cached_property
    def fields(self) -> BindingDict:
        return _fields_of(type(self))


@cache
def _fields_of(kind: type[AudioRequest]) -> BindingDict:
    fields = BindingDict(kind())
    for name, field in kind().get_fields().items():
        fields[name] = field
    return fields
