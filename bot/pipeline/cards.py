"""Cards in the staff groups: posted where a thread begins, and edited as their tickets change."""

from __future__ import annotations

from typing import Any

from aiogram.methods import EditMessageText, SendMessage, TelegramMethod

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt, message_ids
from bot.pipeline.sender import NotYet
from bot.views.card import Card, card
from bot.views.facts import Facts, facts_of
from desk.profile import Profile
from dialogs import moving
from dialogs.groups import Group, Groups
from dialogs.reply import NO_PREVIEW
from locales import Translator
from storage import messages, old_threads, tickets
from storage.outbox import Outbox
from storage.rows import Ticket
from storage.store import Store
from storage.transaction import Transaction


class Cards:
    """Posts and edits cards; where each of them stands, the tickets know."""

    def __init__(self, store: Store, profile: Profile, tr: Translator, groups: Groups) -> None:
        self._store = store
        self._profile = profile
        self._tr = tr
        self._groups = groups

    async def now(self, tx: Transaction, number: int) -> tuple[Facts, Card]:
        """The card of a ticket as it should be now, and what it is made of."""
        facts = await facts_of(tx, self._profile, self._groups, number)
        return facts, card(facts, self._profile, self._tr)

    async def post(self, attempt: Attempt, ticket: Ticket, group: Group) -> int:
        """Post a card into a group; gives back its id. Raises NotYet if the ticket left meanwhile."""
        shown: tuple[Facts, Card] | None = None
        chat_id = group.chat_id

        async def make() -> TelegramMethod[Any]:
            nonlocal shown
            async with self._store.reading() as tx:
                shown = await self.now(tx, ticket.number)
            return SendMessage(
                chat_id=chat_id,
                message_thread_id=ticket.thread_id,
                text=shown[1].text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=shown[1].keyboard,
            )

        card_id = message_ids(await attempt.call(chat_id, make))[0]
        assert shown is not None
        facts, view = shown
        stands = True

        async def note(tx: Transaction) -> None:
            nonlocal stands
            if await moving.has_left(tx, self._groups, ticket.number, group, chat_id):
                stands = False
                if ticket.thread_id is None:
                    await moving.left_at_once(tx, ticket.number, chat_id, card_message_id=card_id)
                return
            await tickets.place(
                tx, ticket.number, thread_chat_id=chat_id, card_message_id=card_id, card_digest=view.digest
            )
            for message in facts.description:
                if message.on_card:
                    await messages.add_copy(tx, message.id, chat_id, card_id)
            for old in await old_threads.of(tx, ticket.number):
                # From there one may follow it now.
                await Outbox(tx).onward(old.id)

        await attempt.commit(note)
        if not stands:
            raise NotYet
        return card_id

    async def edit(self, attempt: Attempt, ticket: Ticket) -> bool:
        """Make a card say what it should; False if it is gone, so that it has to be posted anew."""
        assert ticket.card_message_id is not None
        assert ticket.thread_chat_id is not None
        card_id, chat_id = ticket.card_message_id, ticket.thread_chat_id
        view: Card | None = None

        async def make() -> TelegramMethod[Any]:
            nonlocal view
            async with self._store.reading() as tx:
                _, view = await self.now(tx, ticket.number)
            return EditMessageText(
                chat_id=chat_id,
                message_id=card_id,
                text=view.text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=view.keyboard,
            )

        try:
            await attempt.change(chat_id, make)
        except calls.Refused:
            return False
        assert view is not None
        digest = view.digest
        await attempt.commit(lambda tx: tickets.place(tx, ticket.number, card_digest=digest))
        return True
