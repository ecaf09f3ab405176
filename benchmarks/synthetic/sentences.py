"""Sentences of meetings, composed from word lists: the same for the same seed."""

from numpy.random import Generator

_SUBJECTS = (
    "the budget", "the new supplier", "the training plan", "the warehouse", "the customer survey",
    "the insurance", "the spring campaign", "the software update", "the night shift",
    "the parking lot", "the annual report", "the delivery contract", "the website", "the kitchen",
    "the safety inspection", "the hiring round", "the second floor", "the pilot project",
)  # fmt: skip
_PEOPLE = (
    "the landlord", "our accountant", "the city council", "the design team", "the board",
    "a neighbour", "the support desk", "our lawyer", "the night manager", "the auditor",
)  # fmt: skip
_TIMES = (
    "by Friday", "before the holidays", "in early April", "next Tuesday", "after lunch",
    "within two weeks", "at the end of the quarter", "on the first of June", "this afternoon",
)  # fmt: skip
_ACTIONS = (
    "send a short summary", "ask for a second quote", "move the deadline", "call them back",
    "check the numbers again", "write a proper proposal", "bring two more examples",
    "compare both offers", "speak to the whole team", "take some better photographs",
)  # fmt: skip
_REASONS = (
    "the price went up twice", "nobody had read the contract", "the heating was broken",
    "three people were ill", "the order came too late", "we never tested it properly",
    "the figures did not match", "half of the invoices were missing",
)  # fmt: skip
_PATTERNS = (
    "I think we should look at {subject} again, because {reason}.",
    "If you ask me, {subject} can wait until we hear from {person}.",
    "Could somebody {action} {time}?",
    "I spoke with {person} about {subject}, and they want an answer {time}.",
    "Last month {reason}, so I would rather {action} first.",
    "My suggestion is that we {action}, and then decide about {subject} {time}.",
    "As far as I know, {person} is still waiting for news about {subject}.",
    "What worries me about {subject} is that {reason}.",
    "We promised {person} that we would {action} {time}.",
    "It took longer than planned, mostly because {reason}.",
    "Let us not forget {subject}, which has to be finished {time}.",
    "I can {action} {time}, but somebody else has to talk to {person}.",
    "Honestly, {subject} looks much better than it did a year ago.",
    "Before we close, does anyone want to say something about {subject}?",
)
_SHORT = (
    "Yes, exactly.", "I agree with that.", "That makes sense.", "I am not so sure.",
    "Could you say that again?", "Good point.", "No, not really.", "Fine with me.",
)  # fmt: skip


def sentences(random: Generator, count: int) -> list[str]:
    """Return different sentences of about four seconds; some 6,000 are possible."""
    made: dict[str, None] = {}
    while len(made) < count:
        made[_sentence(random)] = None
    return list(made)


def short_answers(random: Generator, count: int) -> list[str]:
    """Return different short answers of about a second."""
    return [str(answer) for answer in random.choice(_SHORT, count, replace=False)]


def _sentence(random: Generator) -> str:
    words = {
        "subject": random.choice(_SUBJECTS),
        "person": random.choice(_PEOPLE),
        "time": random.choice(_TIMES),
        "action": random.choice(_ACTIONS),
        "reason": random.choice(_REASONS),
    }
    return str(random.choice(_PATTERNS)).format(**words)
