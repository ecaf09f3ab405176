"""Foreign engines behind the whole gateway, over HTTP."""
