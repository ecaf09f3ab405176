"""Quality and speed of a running engine on this machine: ``python -m nvidia_engine.report``."""
