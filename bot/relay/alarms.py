"""What agents read when a deadline comes near or was missed: worded when it is sent, while it is true."""

from __future__ import annotations

from collections.abc import Iterable

from aiogram.methods import SendMessage
from markupsafe import Markup

from bot.relay.notices import line
from bot.views import deadlines
from desk.clocks import Clock
from desk.journal import BREACHED
from desk.profile import Profile
from dialogs.promises import clocks_of
from locales import Translator
from storage import memberships, tickets
from storage.memberships import Person
from storage.rows import OutboxRow, Ticket
from storage.transaction import Transaction

# A group with more administrators than that has nobody who feels meant.
_MENTIONED = 10


class Alarms:
    """Words about deadlines, in the group's language."""

    def __init__(self, profile: Profile, tr: Translator) -> None:
        self._profile = profile
        self._tr = tr

    async def view(self, tx: Transaction, row: OutboxRow, staff_chat_id: int) -> SendMessage | None:
        """What to say in the thread now; None if the deadline was met or moved since it was decided."""
        assert row.ticket_number is not None
        assert row.payload is not None
        breach = row.payload["event"] == BREACHED
        clock = await self._clock(tx, row.ticket_number, row.payload)
        if clock is None or (clock.breached_at is not None) != breach:
            return None
        ticket = await tickets.get(tx, row.ticket_number)
        people = _assignee(ticket)
        if breach:
            people += await memberships.administrators(tx, staff_chat_id)
        return line(self._text(ticket, clock, people))

    async def _clock(self, tx: Transaction, number: int, payload: dict[str, str]) -> Clock | None:
        for clock in await clocks_of(tx, self._profile, number):
            same = clock.name == payload["clock"] and clock.due_at.isoformat() == payload["due"]
            if same and clock.is_active:
                return clock
        return None

    def _text(self, ticket: Ticket, clock: Clock, people: Iterable[Person]) -> Markup:
        tr = self._tr
        due = deadlines.due(tr, clock, self._profile.timezone)
        if clock.breached_at is not None:
            said = Markup("🔥 #{} · {} {}").format(ticket.number, tr.text("Overdue!"), due)
        else:
            said = Markup("⏰ #{} · {}\n{}").format(ticket.number, due, deadlines.left(tr, clock))
        mentions = Markup(", ").join(_mentions(people))
        return Markup("{}\n{}").format(said, mentions) if mentions else said


def _assignee(ticket: Ticket) -> list[Person]:
    # Whoever took it in the group's name has no name to be called by.
    if ticket.assignee_id is None or ticket.assignee_id == memberships.ANONYMOUS_ADMIN:
        return []
    return [Person(ticket.assignee_id, ticket.assignee_name or str(ticket.assignee_id))]


def _mentions(people: Iterable[Person]) -> list[Markup]:
    by_id = {person.id: person for person in people}
    return [
        Markup('<a href="tg://user?id={}">{}</a>').format(person.id, person.name or person.id)
        for person in list(by_id.values())[:_MENTIONED]
    ]
