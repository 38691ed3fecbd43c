"""The words that recur on every screen, so that all say them the same way."""

from __future__ import annotations

from desk.lifecycle import State
from locales import mark

NEW_REQUEST = mark("New request")
MY_REQUESTS = mark("My requests")
FAQ = mark("FAQ")
LANGUAGE = mark("Language")
SKIP = mark("Skip")
DONE = mark("Done")
BACK = mark("Back")
CANCEL = mark("Cancel")
EDIT = mark("Edit")
SUBMIT = mark("Submit")
CONTINUE = mark("Continue")
TYPE = mark("Type")
DEPARTMENT = mark("Department")
CLOSE_REQUEST = mark("Close request")
REOPEN = mark("Reopen")
SOLVED = mark("Yes, solved")
NOT_SOLVED = mark("No, not solved")
ACCEPT = mark("I accept this")
OBJECT = mark("I object")
HELPED = mark("This helped")
NEED_HELP = mark("I still need help")
AGREE = mark("I agree")
DISAGREE = mark("I do not agree")

STATE_NAMES = {
    State.NEW: mark("new"),
    State.IN_PROGRESS: mark("in progress"),
    State.WAITING: mark("waiting for your answer"),
    State.POSTPONED: mark("postponed"),
    State.REFUSED: mark("refused"),
    State.RESOLVED: mark("resolved"),
    State.CLOSED: mark("closed"),
}

# For agents; each language in the language of the reader.
LANGUAGE_NAMES = {"ru": mark("Russian"), "en": mark("English"), "lv": mark("Latvian")}

# For choosing: each language in its own words, whoever reads.
OWN_LANGUAGE_NAMES = {"ru": "Русский", "en": "English", "lv": "Latviešu"}
