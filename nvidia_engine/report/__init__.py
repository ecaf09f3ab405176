"""What a running engine is worth on this machine: ``python -m nvidia_engine.report``."""
