"""Jobs: what is asked for now and done later, by whichever worker is free."""
