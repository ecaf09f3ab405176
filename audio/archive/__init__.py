"""Many recordings: which there are, which are done, and doing the rest.

`finding` and `doing` know nothing of each other, nor of terminals: a queue finds with the one and
does with the other, on whatever machine.
"""
