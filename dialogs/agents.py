"""What agents read in a ticket's thread of what its customer did: one line each, in the group's language."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from desk.lifecycle import Action
from dialogs.context import Desk
from dialogs.description import fitted
from dialogs.groups import Group
from dialogs.reply import view
from dialogs.stars import stars
from dialogs.words import LANGUAGE_NAMES
from locales import translator
from storage import destinations, memberships, tickets
from storage.outbox import Outbox
from storage.rows import Ticket
from storage.transaction import Transaction

# More numbers than that nobody reads in one message.
_NAMED = 50
# What stands around it needs room in a message as well.
_COMMENT_SHOWN = 3500


async def tell_closed(outbox: Outbox, desk: Desk, number: int, action: Action) -> None:
    """The customer closed the ticket, of their own accord or by confirming that it is solved."""
    tr = translator(desk.staff_language)
    if action is Action.CONFIRM:
        text = tr.text("The customer confirmed that the problem is solved; the ticket is closed.")
    else:
        text = tr.text("The customer closed the ticket.")
    await _tell(outbox, number, text)


async def tell_language(tx: Transaction, outbox: Outbox, desk: Desk, customer_id: int, language: str) -> None:
    """The customer chose another language; who has an open ticket with them writes in it from now on."""
    tr = translator(desk.staff_language)
    name = tr.plain(LANGUAGE_NAMES[language])
    text = tr.text(
        "The customer has changed the language to {language}. Please write in it from now on.", language=name
    )
    for ticket in await tickets.open_of(tx, customer_id):
        await _tell(outbox, ticket.number, text)
        # It names the language as well.
        await outbox.card(ticket.number)


async def tell_resumed(outbox: Outbox, desk: Desk, ticket: Ticket) -> None:
    """The date came until which the ticket was postponed; whoever has it is called by name."""
    tr = translator(desk.staff_language)
    text = tr.text("The ticket was postponed until now; it is in progress again.")
    if ticket.assignee_id is not None and ticket.assignee_id != memberships.ANONYMOUS_ADMIN:
        name = ticket.assignee_name or ticket.assignee_id
        text = Markup('{}\n<a href="tg://user?id={}">{}</a>').format(text, ticket.assignee_id, name)
    await _tell(outbox, ticket.number, text)


async def tell_erased(outbox: Outbox, desk: Desk, erased: Sequence[Ticket], were_open: Sequence[int]) -> None:
    """A customer's data is gone, their threads may be too: said outside of them, in each of their groups."""
    for group in desk.groups:
        here = [ticket.number for ticket in erased if desk.groups.of(ticket) is group]
        if here:
            await _tell_erased(outbox, desk, group, here, [each for each in were_open if each in here])


async def _tell_erased(
    outbox: Outbox, desk: Desk, group: Group, erased: Sequence[int], were_open: Sequence[int]
) -> None:
    tr = translator(desk.staff_language)
    shown = ", ".join(f"#{number}" for number in erased[-_NAMED:])
    if len(erased) > _NAMED:
        shown = f"…, {shown}"
    lines = [
        tr.text(
            "Everything personal of a customer has been erased; what stays of these tickets are numbers and "
            "times: {numbers}.",
            numbers=shown,
        )
    ]
    if were_open:
        numbers = ", ".join(f"#{number}" for number in were_open)
        lines.append(tr.text("Closed because of it: {numbers}.", numbers=numbers))
    await outbox.owe(group.general, view(Markup("\n").join(lines)))


async def tell_continued(outbox: Outbox, desk: Desk, number: int, linked: int) -> None:
    """The customer came back when the ticket could not be reopened any more: the old thread points onward."""
    text = translator(desk.staff_language).text("The customer goes on with ticket #{number}.", number=linked)
    await _tell(outbox, number, text)


async def tell_rating(outbox: Outbox, desk: Desk, number: int, given: int) -> None:
    """The customer rated the help they got."""
    text = translator(desk.staff_language).text("The customer's rating: {stars}", stars=stars(given))
    await _tell(outbox, number, text)


async def tell_comment(outbox: Outbox, desk: Desk, number: int, comment: str) -> None:
    """The customer added words to the stars."""
    tr = translator(desk.staff_language)
    text = tr.text("The customer on the rating: {comment}", comment=fitted(comment, _COMMENT_SHOWN))
    await _tell(outbox, number, text)


async def _tell(outbox: Outbox, number: int, text: Markup) -> None:
    await outbox.owe(destinations.thread(number), view(text), ticket_number=number)
