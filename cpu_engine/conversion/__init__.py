"""Torch checkpoints to ONNX graphs, without torch."""
