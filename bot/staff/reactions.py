"""Reactions cross: what people think of a message shows on its copy at the other side."""

from __future__ import annotations

from aiogram.types import MessageReactionUpdated, ReactionTypeEmoji

from bot.pipeline.marks import DELIVERED
from dialogs.groups import Groups
from storage import customers, destinations, memberships, messages, outbox
from storage.transaction import Transaction


async def _by_agent(tx: Transaction, event: MessageReactionUpdated) -> bool:
    """Whether an agent reacted: a member, or an administrator who is anonymous, so reacts as the group."""
    if event.user is None:
        return event.actor_chat is not None and event.actor_chat.id == event.chat.id
    return not event.user.is_bot and await memberships.is_member(tx, event.chat.id, event.user.id)


async def cross_reaction(tx: Transaction, event: MessageReactionUpdated, groups: Groups) -> None:
    """A reaction of an agent or a customer shows on the copy at the other side."""
    known = await messages.find_by_copy(tx, event.chat.id, event.message_id)
    if known is None or known.ticket_number is None or known.author == "note":
        return
    if known.taken_back_at is not None:
        return
    emoji = next((r.emoji for r in event.new_reaction if isinstance(r, ReactionTypeEmoji)), None)
    if groups.of_chat(event.chat.id) is not None:
        if not await _by_agent(tx, event):
            return
        place = destinations.customer(known.customer_id)
    else:
        if (await customers.get(tx, known.customer_id)).banned_at is not None:
            return
        place = destinations.thread(known.ticket_number)
        if emoji is None and known.author == "agent":
            # The mark that gave way comes back.
            emoji = DELIVERED
    await outbox.Outbox(tx).react(place, known.id, known.ticket_number, emoji)
