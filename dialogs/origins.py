"""The line above forwarded words: whose they are."""

from __future__ import annotations

from typing import Any

from locales import Translator


def origin_line(tr: Translator, origin: dict[str, Any]) -> str:
    """Where a message was forwarded from, without markup."""
    name = origin["name"]
    if not name:
        return tr.plain("Forwarded from a deleted account")
    address = f" (@{origin['address']})" if origin["address"] else ""
    if origin["kind"] == "channel":
        return tr.plain("Forwarded from the channel “{name}”{address}", name=name, address=address)
    if origin["kind"] == "chat":
        return tr.plain("Forwarded from the group “{name}”{address}", name=name, address=address)
    return tr.plain("Forwarded from {name}{address}", name=name, address=address)
