"""Echo cancellation in a process apart, with the decoders' limits."""
