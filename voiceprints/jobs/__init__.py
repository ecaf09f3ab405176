"""Jobs: requests and archive recordings that workers process later."""
