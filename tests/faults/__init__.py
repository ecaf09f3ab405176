"""Engines that break on demand, over real sockets.

`server` answers as scripted and records its requests; `answers` describes an answer and how it
breaks; `breakages` lists the ways in which engines are known to fail.
"""

from tests.faults.answers import Answer, Asked
from tests.faults.server import FaultServer, running_fault_server

__all__ = ["Answer", "Asked", "FaultServer", "running_fault_server"]
