"""A small right profile that tests bend, and the shipped one they read."""

import copy
from typing import Any

from desk.loading import parse_profile
from desk.profile import Profile

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


# One that uses what the small one leaves out.
_LARGE: dict[str, Any] = _SMALL | {
    "key": "large",
    "region": "LV",
    "type_question": "What is it about?",
    "types": [
        {"key": "problem", "label": "Problem", "about": "Something is broken"},
        {"key": "question", "label": "Question"},
        {"key": "removal", "label": "Removal", "needs": "owner"},
        {"key": "sales", "label": "Sales", "end": "Write to sales@example.com"},
    ],
    "marks": [
        {"key": "owner", "label": "Owner", "how": "Write from your address"},
        {"key": "premium", "label": "P"},
    ],
    "canned": [{"key": "more", "label": "More", "text": "{name}, more of {subject}, please {{urgently}}"}],
    "notices": [{"key": "access", "text": "Grant access", "at": "review", "only": ["problem"]}],
    "gates": [
        {"key": "ours", "question": "Ours?", "notice": "Then ask them", "only": ["problem", "question"]}
    ],
    "form": [
        {"kind": "company", "key": "company", "label": "Company", "question": "?", "once": True},
        {
            "kind": "serial",
            "key": "meter",
            "label": "Meter",
            "question": "?",
            "where": "Below",
            "pattern": r"WV\d{6}",
            "example": "WV123456",
            "only": ["problem"],
        },
        {
            "kind": "choice",
            "key": "product",
            "label": "Product",
            "question": "?",
            "options": [{"key": "till", "label": "Till"}, {"key": "scales", "label": "Scales"}],
        },
        {"kind": "phone", "key": "phone", "label": "Phone", "question": "?"},
        {
            "kind": "contract",
            "key": "contract",
            "label": "Contract",
            "question": "?",
            "required": ["problem"],
        },
        {"kind": "text", "key": "story", "label": "Story", "question": "What?", "role": "description"},
        {
            "kind": "attachments",
            "key": "files",
            "label": "Files",
            "question": "Any?",
            "required": ["problem"],
            "formats": ["jpg", "png"],
            "archived": ["bmp"],
        },
    ],
}


def large_data() -> dict[str, Any]:
    """The content of a profile with types, marks and most kinds of field, to be changed at will."""
    return copy.deepcopy(_LARGE)


def large(**changes: Any) -> Profile:
    """The large profile with some top-level keys replaced."""
    return parse_profile(large_data() | changes, "large.toml")


def small(**changes: Any) -> Profile:
    """The small profile with some top-level keys replaced."""
    return parse_profile(small_data() | changes, "small.toml")
