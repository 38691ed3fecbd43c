"""Links to threads, which everybody in the staff group can follow."""

from __future__ import annotations

from markupsafe import Markup

from storage.rows import Ticket

# The ids of supergroups are a number behind this mark; links name the number alone.
_MARK = 1_000_000_000_000


def to_card(ticket: Ticket) -> str | None:
    """The address of a ticket's card; None while there is none, and in basic groups, which have no links."""
    chat_id, card = ticket.thread_chat_id, ticket.card_message_id
    if chat_id is None or card is None or -chat_id <= _MARK:
        return None
    topic = f"{ticket.thread_id}/" if ticket.thread_id is not None else ""
    return f"https://t.me/c/{-chat_id - _MARK}/{topic}{card}"


def numbered(ticket: Ticket) -> Markup:
    """The ticket's number, a link where there is one."""
    address = to_card(ticket)
    if address is None:
        return Markup("#{}").format(ticket.number)
    return Markup('<a href="{}">#{}</a>').format(address, ticket.number)
