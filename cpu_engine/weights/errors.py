"""The reasons why a file of the models cannot be fetched.

WeightsError
 ├── SourceFailed    one source did not serve; the next one is tried
 └── NoSourceServed  none did: the message names the file and every source tried
"""


class WeightsError(Exception):
    """A failure with the weights, as a sentence for the person who started the command."""


class SourceFailed(WeightsError):
    """One source did not serve, and why."""


class NoSourceServed(WeightsError):
    """Every source of one file was tried."""

    def __init__(self, path: str, attempts: list[str]) -> None:
        tried = "\n".join(f"  - {attempt}" for attempt in attempts)
        super().__init__(f"{path} could not be had. Tried:\n{tried}")
