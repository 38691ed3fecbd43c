"""Canned answers for a ticket: the words that its customer gets, in their language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast

from desk.canned import FIELD_LIMIT, Canned
from desk.texts import Language
from dialogs import promises
from dialogs.context import Desk
from dialogs.description import fitted
from locales import mark, translator
from storage import customers
from storage.journal import Actor
from storage.rows import Ticket
from storage.transaction import Transaction

# The fields that a ticket may have nothing for.
FIELD_NAMES = {
    "serial": mark("serial number"),
    "due": mark("deadline of the solution"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """An answer as one customer gets it, or the fields that stand in the way of that."""

    text: str
    language: Language
    missing: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """Changes with the words, so that a button sends only what was seen."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]


async def fill(tx: Transaction, desk: Desk, ticket: Ticket, canned: Canned, agent: Actor) -> Filled:
    """The answer for the ticket's customer, with its fields filled in as they are now."""
    customer = await customers.get(tx, ticket.customer_id)
    wanted = cast("Language", customer.language or desk.profile.fallback)
    language = canned.text.language_for(wanted)
    tr = translator(language)
    fields = canned.fields(language)
    due = None
    if "due" in fields:
        found = await promises.clocks_of(tx, desk.profile, ticket.number)
        due = promises.solution_due(tr, desk.profile, found)
    known = {
        "number": str(ticket.number),
        "name": customer.name,
        "serial": ticket.serial,
        "subject": ticket.subject,
        "agent": agent.name or "?",
        "due": due,
    }
    missing = tuple(dict.fromkeys(name for name in fields if known[name] is None))
    if missing:
        return Filled("", language, missing)
    values = {name: fitted(value, FIELD_LIMIT) for name, value in known.items() if value is not None}
    return Filled(canned.filled(language, values), language)
