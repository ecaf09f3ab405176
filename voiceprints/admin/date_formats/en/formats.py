"""Short, and the day before the month."""

DATETIME_FORMAT = "j M Y H:i"
DATE_FORMAT = "j M Y"
