"""Writing the journal of a period into a file, from a store that may be in use meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.journal.forms import Form, FullForm, SaveitForm
from bot.journal.period import Period
from bot.journal.tables import TABLES, Table
from desk.profile import Profile
from locales import translator
from storage import recorded
from storage.recorded import Recorded
from storage.scope import Scope
from storage.store import Store

# Statements on SQLite run in the event loop of a desk: few enough that nobody notices.
_PAGE = 20

FORMS = ("saveit", "full")
FORMATS = tuple(TABLES)


class JournalError(Exception):
    """A journal cannot be written as asked; the message is one line for people."""


def checked(form: str, format: str) -> None:
    """Raise JournalError if there is no such form or format."""
    for option, value, known in (("--form", form, FORMS), ("--format", format, FORMATS)):
        if value not in known:
            raise JournalError(f'{option}: "{value}" is none; write {" or ".join(known)}')


def form_of(name: str, profile: Profile, staff_language: str) -> Form:
    """A form by its name; SaveIT's is Russian, the full one in the language of the staff."""
    if name == "saveit":
        return SaveitForm(profile, translator("ru"))
    return FullForm(profile, translator(staff_language))


async def export(
    store: Store,
    form: Form,
    period: Period,
    path: Path,
    format: str,
    on_progress: Callable[[int, int], None] | None = None,
    scope: Scope | None = None,
) -> int:
    """Write the journal of the period; gives back how many tickets it tells of, only of `scope` if given.

    `on_progress` is told how many of how many numbers were looked at. Raises OSError.
    """
    count = 0
    async with store.reading() as tx:
        bounds = await recorded.numbers(tx)
    first, last = bounds or (0, -1)
    with TABLES[format](path) as table:
        table.write(form.header)
        for start in range(first, last + 1, _PAGE):
            numbers = range(start, min(start + _PAGE, last + 1))
            async with store.reading() as tx:
                page = await recorded.between(tx, numbers, period.since, period.until, scope)
            await asyncio.to_thread(_write, table, form, page, period)
            count += len(page)
            if on_progress is not None:
                on_progress(numbers.stop - first, last + 1 - first)
    return count


def _write(table: Table, form: Form, page: Sequence[Recorded], period: Period) -> None:
    for ticket in page:
        for row in form.rows(ticket, period):
            table.write(row)
