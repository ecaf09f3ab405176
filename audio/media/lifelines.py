"""A pipe that ends a process with the gateway, however the gateway ends."""

import fcntl
import os
import select
import sys


def end_with(lifeline: int) -> None:
    """Have the kernel end this process when the other end of the pipe closes.

    A process that loops reads nothing; a signal ends it nevertheless.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    if poll.poll(0):
        sys.exit("the gateway has ended")
