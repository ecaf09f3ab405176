"""Engines that break on demand, over real sockets.

`server` answers as scripted and remembers what it was asked; `answers` is what can be said, and
how saying it can go wrong; `breakages` are the ways in which engines are known to fail.
"""

from tests.faults.answers import Answer, Asked
from tests.faults.server import FaultServer, running_fault_server

__all__ = ["Answer", "Asked", "FaultServer", "running_fault_server"]
