"""Archives: folders of recordings, their outputs, and a ledger of what is done.

The inventory finds the recordings, and the runner processes them; neither knows the other or the
terminal. So `diarize` runs both, while `enqueue` takes the inventory and leaves the rest to jobs.
"""
