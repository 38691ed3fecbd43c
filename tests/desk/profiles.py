"""A small right profile that tests bend, and the shipped one they read."""

import copy
from typing import Any

from desk.profile import Profile, parse_profile

_SMALL: dict[str, Any] = {
    "key": "small",
    "name": "Small desk",
    "zone": "Europe/Riga",
    "welcome": "Hello",
    "languages": ["lv", "en"],
    "form": [
        {
            "kind": "serial",
            "key": "serial",
            "label": "Serial",
            "question": "Which?",
            "where": "Below",
            "digits": 8,
        },
        {"kind": "text", "key": "story", "label": "Story", "question": "What?", "role": "description"},
        {"kind": "attachments", "key": "files", "label": "Files", "question": "Any?"},
    ],
    "notices": [{"key": "polite", "text": "Be polite", "at": "start"}],
    "gates": [{"key": "ours", "question": "Ours?", "notice": "Then ask them"}],
    "faq": [{"key": "power", "question": "No power?", "answer": "Plug it in"}],
    "hours": {"mon": "9:00-18:00", "tue": ["9:00-13:00", "14:00-18:00"], "holidays": "LV"},
    "reaction": {"hours": 8, "clock": "business"},
}


def small_data() -> dict[str, Any]:
    """The content of a small profile, to be changed at will."""
    return copy.deepcopy(_SMALL)


def small(**changes: Any) -> Profile:
    """The small profile with some top-level keys replaced."""
    return parse_profile(small_data() | changes, "small.toml")
