"""Finding tickets by what an agent typed. The database itself indexes words: see the migration `search`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Executable, TextClause, delete, insert, select, text

from desk.lookup import Lookup, is_beginning
from storage import models
from storage.transaction import Transaction

# Nobody reads further; and what is counted costs.
MOST = 1000
# So many of the latest messages with the words are looked at.
_MOST_MESSAGES = 5000
# How long one may turn the pages of what was found.
_KEEP = timedelta(days=1)

_TICKET = models.ticket
_LOOKUP = models.lookup

_BY_SERIAL = select(_TICKET.c.number).order_by(_TICKET.c.number.desc()).limit(MOST + 1)

# On SQLite the rows of the words come in the order of their ids by themselves, so the latest cost no sorting.
_SQLITE = {
    "messages": text(
        "SELECT message.ticket_number FROM"
        " (SELECT rowid FROM words_of_message WHERE said MATCH :words ORDER BY rowid DESC LIMIT :most) AS hit"
        " JOIN message ON message.id = hit.rowid"
    ),
    "tickets": text(
        "SELECT rowid FROM words_of_ticket WHERE said MATCH :words ORDER BY rowid DESC LIMIT :most"
    ),
    "customers": text(
        "SELECT ticket.number FROM"
        " (SELECT rowid FROM words_of_customer WHERE said MATCH :words LIMIT :most) AS hit"
        " JOIN ticket ON ticket.customer_id = hit.rowid ORDER BY ticket.number DESC LIMIT :most"
    ),
}
# Without MATERIALIZED a planner that guesses wrong would walk through all rows, the latest first.
_POSTGRESQL = {
    "messages": text(
        "WITH hit AS MATERIALIZED (SELECT id, ticket_number FROM message"
        " WHERE words_of(text) @@ to_tsquery('simple', :words))"
        " SELECT ticket_number FROM hit ORDER BY id DESC LIMIT :most"
    ),
    "tickets": text(
        "WITH hit AS MATERIALIZED (SELECT number FROM ticket"
        " WHERE words_of(subject) @@ to_tsquery('simple', :words))"
        " SELECT number FROM hit ORDER BY number DESC LIMIT :most"
    ),
    "customers": text(
        "WITH hit AS MATERIALIZED (SELECT id FROM customer WHERE"
        " words_of(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' '"
        " || coalesce(username, '')) @@ to_tsquery('simple', :words) LIMIT :most)"
        " SELECT ticket.number FROM hit JOIN ticket ON ticket.customer_id = hit.id"
        " ORDER BY ticket.number DESC LIMIT :most"
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of tickets, the best first; whether these are all there are."""

    numbers: tuple[int, ...]
    is_all: bool


async def find(tx: Transaction, asked: Lookup) -> Found:
    """The tickets that fit: the one of that number first, then the latest; at most `MOST`."""
    found: set[int] = set()
    is_all = True
    for statement, parameters, most in _statements(tx, asked):
        hits = await tx.all(statement, parameters)
        is_all = is_all and len(hits) < most
        found |= {hit[0] for hit in hits if hit[0] is not None}
    exact = None
    if asked.number is not None:
        exact = await tx.scalar(select(_TICKET.c.number).where(_TICKET.c.number == asked.number))
    ordered = sorted(found - {exact}, reverse=True)
    if exact is not None:
        ordered.insert(0, exact)
    return Found(tuple(ordered[:MOST]), is_all and len(ordered) <= MOST)


def _statements(tx: Transaction, asked: Lookup) -> Iterable[tuple[Executable, dict[str, Any], int]]:
    if asked.serials:
        yield _BY_SERIAL.where(_TICKET.c.serial.in_(sorted(asked.serials))), {}, MOST + 1
    if asked.words:
        statements, words = _in_words(tx, asked.words)
        for name, statement in statements.items():
            most = _MOST_MESSAGES if name == "messages" else MOST + 1
            yield statement, {"words": words, "most": most}, most


def _in_words(tx: Transaction, words: Iterable[str]) -> tuple[dict[str, TextClause], str]:
    """The statements, and the words as they want them: in quotes, where nothing has a meaning of its own."""
    if tx.dialect == "sqlite":
        return _SQLITE, " ".join(f'"{word}"' + "*" * is_beginning(word) for word in words)
    return _POSTGRESQL, " & ".join(f"'{word}'" + ":*" * is_beginning(word) for word in words)


async def remember(tx: Transaction, words: str) -> int:
    """Keep what was asked for a while, for turning the pages; gives back its id."""
    lookup_id: int = await tx.scalar(
        insert(_LOOKUP).values(words=words, asked_at=tx.now).returning(_LOOKUP.c.id)
    )
    return lookup_id


async def recall(tx: Transaction, lookup_id: int) -> str | None:
    """What was asked, or None if that was too long ago."""
    words: str | None = await tx.scalar(select(_LOOKUP.c.words).where(_LOOKUP.c.id == lookup_id))
    return words


async def forget_old(tx: Transaction) -> None:
    """Drop what nobody turns the pages of any more."""
    await tx.execute(delete(_LOOKUP).where(_LOOKUP.c.asked_at < tx.now - _KEEP))
