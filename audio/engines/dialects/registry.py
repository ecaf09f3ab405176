"""The dialects by name, as `<ROLE>_DIALECT` names them."""

from collections.abc import Mapping

from audio.engines.dialects.dialect import Dialect
from audio.engines.dialects.kokoro import Kokoro
from audio.engines.dialects.parakeet import Parakeet

_ALL: tuple[Dialect, ...] = (Parakeet(), Kokoro())
DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in _ALL}
