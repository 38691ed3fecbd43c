"""Reading updates as Telegram wrote them, before any model has looked at them: nothing in them is sure."""

from __future__ import annotations

from typing import Any


def part(value: Any, *keys: str) -> dict[str, Any]:
    """The object that lies under these keys, one in the other; an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def number(value: Any) -> int | None:
    """An id as the store can keep it, of 64 bits; None for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and -(2**63) <= value < 2**63 else None
