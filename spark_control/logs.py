"""What gunicorn itself writes."""

from gunicorn.glogging import Logger


class NoAccessLog(Logger):
    """gunicorn's log without a line for each request, which the journal writes.

    Where no access log is wanted but logging is configured, gunicorn makes the line all the same.
    """

    def access(self, *request: object) -> None:
        """Nothing."""
