"""The process that owns the device, and who is served by it when."""
