"""Home Assistant's voice protocol, Wyoming: speech to text and text to speech over TCP."""
