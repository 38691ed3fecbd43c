"""The courier: how each kind of outbox row becomes calls, and what is written down afterwards."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from aiogram.methods import (
    DeleteMessage,
    DeleteMessages,
    EditMessageText,
    SendMessage,
    SetMessageReaction,
    TelegramMethod,
)
from aiogram.types import ReactionTypeEmoji

from bot.pipeline import calls
from bot.pipeline.announcing import Announcing
from bot.pipeline.attempt import Attempt, message_ids
from bot.pipeline.erasures import erase_thread
from bot.pipeline.files import Build, send_file
from bot.pipeline.lookups import send_lookup
from bot.pipeline.onward import lead_on
from bot.pipeline.pictures import send_picture
from bot.pipeline.sender import NotYet, Sender, Void
from bot.pipeline.threads import Threads
from bot.relay import taken_back
from bot.relay.alarms import Alarms
from bot.relay.joining import can_join, fitting, join
from bot.relay.notices import Notices
from bot.relay.render import Header, Part, Place, edits, render
from bot.staff.lookups import Lookups
from desk.profile import Profile
from locales import translator
from storage import customers, destinations, messages, outbox, tickets
from storage.methods import load
from storage.rows import Copy, OutboxRow, StoredMessage
from storage.store import Store, Transaction

DELIVERED = "👌"
NOTED = "✍"
_NOT_MODIFIED = "message is not modified"
_GONE = ("message to delete not found", "message to edit not found")


class _Over(Exception):
    """There is nothing to say any more."""


class Courier:
    """Delivers rows for the sender."""

    def __init__(
        self,
        *,
        store: Store,
        profile: Profile,
        threads: Threads,
        notices: Notices,
        alarms: Alarms,
        lookups: Lookups,
        album_grows: Callable[[Transaction, str], Awaitable[bool]],
        files: Mapping[str, Build],
        announcing: Announcing,
    ) -> None:
        self._store = store
        # What makes the files that rows name.
        self._files = files
        self._announcing = announcing
        # Whether an album may have items that came but are not processed: after a stop, or in a rush.
        self._album_grows = album_grows
        self._profile = profile
        self._threads = threads
        self._notices = notices
        self._alarms = alarms
        self._lookups = lookups

    async def deliver(self, row: OutboxRow, sender: Sender) -> None:
        """Make the calls of a row and commit their outcome."""
        deliver = {
            "message": self._message,
            "notice": self._notice,
            "call": self._notice,
            "screen": self._screen,
            "picture": self._picture,
            "alarm": self._alarm,
            "card": self._card,
            "mark": self._mark,
            "reaction": self._mark,
            "edit": self._edit,
            "take_back": self._take_back,
            "file": self._file,
            "erasure": self._erasure,
            "onward": self._onward,
            "announcement": self._announcement,
            "preview": self._preview,
            "progress": self._progress,
            "lookup": self._lookup,
        }[row.kind]
        await deliver(row, sender)

    async def is_there(self, row: OutboxRow, chat_id: int) -> bool:
        """Whether what a row is about is still in that chat, after it waited for its turn there."""
        return await self._threads.is_there(row, chat_id)

    async def _place(self, row: OutboxRow, sender: Sender) -> Place:
        """Where a row goes; a thread that does not exist yet is made, with its card."""
        number = destinations.ticket_of(row.destination)
        if number is None:
            return Place(self._threads.chat_of(row.destination))
        return await self._threads.place(number, row, sender)

    async def _lookup(self, row: OutboxRow, sender: Sender) -> None:
        group = self._threads.groups.of_general(row.destination)
        await send_lookup(Attempt(row, sender), group, self._lookups)

    # Messages of the conversation.

    async def _message(self, row: OutboxRow, sender: Sender) -> None:
        assert row.message_id is not None
        place = await self._place(row, sender)
        if row.stored is not None:
            known, row.stored = row.stored, None
            await self._text(row, known, place, sender)
            return
        async with self._store.reading() as tx:
            stored = await messages.many(tx, self._message_ids(row))
            if not stored:
                raise Void
            for each in stored:
                if each.media_group_id and await self._album_grows(tx, each.media_group_id):
                    raise NotYet
            place = await self._reply_place(tx, stored[0], place)
            header, language = await self._header(tx, row, stored[0])
            copies = await messages.copies(tx, stored[0].id)
        origin = next((copy for copy in copies if copy.origin), None)
        sent = {copy.part for copy in copies if copy.chat_id == place.chat_id and not copy.origin}
        if not sent and header is None and can_join(stored[0]):
            await self._text(row, stored[0], place, sender)
            return
        parts = render(
            stored,
            place,
            translator(language),
            header,
            (origin.chat_id, origin.telegram_message_id) if origin else None,
        )
        todo = [(index, part) for index, part in enumerate(parts) if index not in sent]
        if not todo:
            await sender.commit(row, lambda tx: self._message_done(tx, row, stored))
        await self._send_parts(row, stored, todo, place, sender)

    async def _text(self, row: OutboxRow, first: StoredMessage, place: Place, sender: Sender) -> None:
        """A text; what its author wrote after it travels along if it had to wait."""
        together = [first]
        rows = [row]

        async def make() -> TelegramMethod[Any]:
            nonlocal together, rows
            behind = sender.waited_behind(row, place.chat_id)
            if behind:
                async with self._store.reading() as tx:
                    found = await messages.many(tx, [each.message_id or 0 for each in behind])
                by_id = {message.id: message for message in found}
                together = fitting([first, *(by_id[each.message_id or 0] for each in behind)])
                rows = [row, *behind[: len(together) - 1]]
            text, entities = join(together)
            return SendMessage(text=text, entities=entities or None, parse_mode=None, **place.address())

        async def alone() -> TelegramMethod[Any]:
            nonlocal together, rows
            together, rows = [first], [row]
            text, entities = join(together)
            return SendMessage(text=text, entities=entities or None, parse_mode=None, **place.address())

        try:
            answer = await sender.call(row, place.chat_id, make)
        except calls.Refused:
            if len(together) == 1:
                raise
            # Only what Telegram refuses may fail, not what would have travelled with it.
            answer = await sender.call(row, place.chat_id, alone)
        ids = message_ids(answer)

        async def note(tx: Transaction) -> None:
            for each, message in zip(rows, together, strict=True):
                await messages.add_copy(tx, message.id, place.chat_id, ids[0])
                await self._message_done(tx, each, [message])

        await sender.commit(row, note)
        sender.done(rows[1:])

    async def _send_parts(
        self,
        row: OutboxRow,
        stored: list[StoredMessage],
        todo: list[tuple[int, Part]],
        place: Place,
        sender: Sender,
    ) -> None:
        for index, part in todo:
            answer = await Attempt(row, sender).show(place.chat_id, part)
            ids = message_ids(answer)
            last = index == todo[-1][0]

            async def note(
                tx: Transaction,
                index: int = index,
                part: Part = part,
                ids: list[int] = ids,
                last: bool = last,
            ) -> None:
                for telegram_id, message_id in zip(ids, _spread(part.shows, len(ids)), strict=True):
                    await messages.add_copy(tx, message_id, place.chat_id, telegram_id, part=index)
                if last:
                    await self._message_done(tx, row, stored)

            await sender.commit(row, note)

    @staticmethod
    def _message_ids(row: OutboxRow) -> list[int]:
        assert row.message_id is not None
        return [row.message_id, *(row.payload or {}).get("also", ())]

    async def _reply_place(self, tx: Transaction, message: StoredMessage, place: Place) -> Place:
        if message.reply_to_id is None:
            return place
        copies = await messages.copies(tx, message.reply_to_id, place.chat_id)
        if not copies:
            return place
        # Of a message in several parts the last is replied to; of an album, its first item.
        last = max(copy.part for copy in copies)
        target = next(copy for copy in copies if copy.part == last)
        return Place(place.chat_id, place.thread_id, target.telegram_message_id, message.quote)

    async def _header(
        self, tx: Transaction, row: OutboxRow, message: StoredMessage
    ) -> tuple[Header | None, str]:
        """What stands above a message: in a thread who sent it, for a customer what they could not know."""
        customer_id = destinations.customer_of(row.destination)
        if customer_id is None:
            return await self._staff_header(tx, row, message), self._notices.staff_language
        customer = await customers.get(tx, customer_id)
        lines = []
        if row.ticket_number is not None and len(await tickets.open_of(tx, customer_id)) > 1:
            lines.append(f"#{row.ticket_number}")
        if self._profile.agent_names and message.author_name:
            lines.append(message.author_name)
        language = customer.language or self._profile.fallback
        return (Header(" · ".join(lines)) if lines else None), language

    async def _staff_header(self, tx: Transaction, row: OutboxRow, message: StoredMessage) -> Header | None:
        # What agents wrote themselves stands there already; what the bot shows for them is named so.
        lines = [] if message.author == "customer" else [self._notices.written_by(message)]
        if message.reply_to_id is not None and self._threads.groups.are_several:
            chat_id = await self._threads.chat_now(tx, row.destination)
            if not await messages.copies(tx, message.reply_to_id, chat_id):
                # What it replies to stands in another group.
                lines.append(self._notices.replies_to(await messages.get(tx, message.reply_to_id)))
        return Header("\n".join(lines)) if lines else None

    async def _message_done(self, tx: Transaction, row: OutboxRow, stored: list[StoredMessage]) -> None:
        await outbox.remove(tx, row.id)
        owed = outbox.Outbox(tx)
        for message in stored:
            if message.media_group_id and row.ticket_number is not None:
                shown = [file.position for file in message.attachments]
                late = await messages.split_album(tx, message.id, shown)
                if late is not None and self._crosses(row, late):
                    await owed.relay(
                        row.destination, late.id, row.ticket_number, tx.now + messages.ALBUM_DELAY
                    )
        reached = destinations.customer_of(row.destination) is not None
        if reached and stored[0].author == "agent" and row.ticket_number is not None:
            await owed.mark(stored[0].id, row.ticket_number, DELIVERED)

    @staticmethod
    def _crosses(row: OutboxRow, message: StoredMessage) -> bool:
        """Whether a message goes where its album went: no note goes to a customer."""
        among_agents = destinations.ticket_of(row.destination) is not None
        return message.taken_back_at is None and (message.author != "note" or among_agents)

    # Notices, screens, cards.

    async def _notice(self, row: OutboxRow, sender: Sender) -> None:
        assert row.payload is not None
        method = load(row.payload)
        place = await self._place(row, sender)
        fields = type(method).model_fields
        values: dict[str, Any] = {}
        if "chat_id" in fields:
            values["chat_id"] = place.chat_id
        if row.kind == "notice":
            async with self._store.reading() as tx:
                place = await self._notice_place(tx, row, place)
                values |= await self._about(tx, row, place, method)
            # What a notice itself replies to comes before what its place suggests.
            values |= {
                key: value
                for key, value in place.address().items()
                if value is not None and key in fields and not getattr(method, key)
            }
        addressed = method.model_copy(update=values)

        async def make() -> TelegramMethod[Any]:
            return addressed

        try:
            await sender.call(row, place.chat_id, make)
        except calls.Refused as refused:
            # A list that shows already what it has to show.
            if row.kind != "call" or _NOT_MODIFIED not in refused.reason:
                raise
        await sender.commit(row, lambda tx: outbox.remove(tx, row.id))

    @staticmethod
    async def _notice_place(tx: Transaction, row: OutboxRow, place: Place) -> Place:
        if row.message_id is None:
            return place
        copies = await messages.copies(tx, row.message_id, place.chat_id)
        reply_to = copies[0].telegram_message_id if copies else place.reply_to
        return Place(place.chat_id, place.thread_id, reply_to)

    async def _about(
        self, tx: Transaction, row: OutboxRow, place: Place, method: TelegramMethod[Any]
    ) -> dict[str, Any]:
        """What a notice in a thread is about, in its words, where that stands in another group."""
        if row.message_id is None or not self._threads.groups.are_several:
            return {}
        if destinations.ticket_of(row.destination) is None or not isinstance(method, SendMessage):
            return {}
        if await messages.copies(tx, row.message_id, place.chat_id):
            return {}
        about = self._notices.about(await messages.get(tx, row.message_id))
        return {"text": f"{about}\n{method.text}"}

    async def _screen(self, row: OutboxRow, sender: Sender) -> None:
        assert row.payload is not None
        view = load(row.payload)
        assert isinstance(view, SendMessage)
        edit: int | None = row.payload["edit"]
        chat_id = self._threads.chat_of(row.destination)
        view = view.model_copy(update={"chat_id": chat_id})
        shown_as = edit
        if edit is None or not await self._edit_screen(row, view, edit, sender):

            async def make() -> TelegramMethod[Any]:
                return view

            shown_as = message_ids(await sender.call(row, chat_id, make))[0]

        key: str = row.payload["key"]
        replaced: int | None = None

        async def note(tx: Transaction) -> None:
            nonlocal replaced
            before = await customers.get(tx, chat_id)
            replaced = before.screen_message_id if before.screen_key == key else None
            # The customer first, as where updates are processed: in another order the two would deadlock.
            await customers.set_screen(tx, chat_id, shown_as, key)
            await outbox.remove(tx, row.id)

        await sender.commit(row, note)
        if row.payload["moves"] and replaced is not None:
            await self._delete(row, chat_id, replaced, sender)

    @staticmethod
    async def _delete(row: OutboxRow, chat_id: int, message_id: int, sender: Sender) -> None:
        async def make() -> TelegramMethod[Any]:
            return DeleteMessage(chat_id=chat_id, message_id=message_id)

        # Where that fails an old screen stays further up, which does no harm.
        with contextlib.suppress(calls.Outcome, Void):
            await sender.call(row, chat_id, make)

    @staticmethod
    async def _edit_screen(row: OutboxRow, view: SendMessage, message_id: int, sender: Sender) -> bool:
        async def make() -> TelegramMethod[Any]:
            return EditMessageText(
                chat_id=view.chat_id,
                message_id=message_id,
                text=view.text,
                parse_mode=view.parse_mode,
                entities=view.entities,
                link_preview_options=view.link_preview_options,
                reply_markup=view.reply_markup,  # type: ignore[arg-type]
            )

        try:
            await sender.call(row, int(view.chat_id), make)
        except calls.Refused as refused:
            # Gone or too old: the screen is sent anew.
            return _NOT_MODIFIED in refused.reason
        return True

    async def _picture(self, row: OutboxRow, sender: Sender) -> None:
        chat_id = self._threads.chat_of(row.destination)
        await send_picture(Attempt(row, sender), chat_id, self._store, self._profile)

    async def _file(self, row: OutboxRow, sender: Sender) -> None:
        place = await self._place(row, sender)
        await send_file(Attempt(row, sender), place, self._store, self._files)

    async def _announcement(self, row: OutboxRow, sender: Sender) -> None:
        await self._announcing.announce(Attempt(row, sender))

    async def _preview(self, row: OutboxRow, sender: Sender) -> None:
        await self._announcing.preview(Attempt(row, sender), self._threads.chat_of(row.destination))

    async def _progress(self, row: OutboxRow, sender: Sender) -> None:
        await self._announcing.progress(Attempt(row, sender), self._threads.chat_of(row.destination))

    async def _onward(self, row: OutboxRow, sender: Sender) -> None:
        await lead_on(Attempt(row, sender), self._threads, self._notices, self._store)

    async def _erasure(self, row: OutboxRow, sender: Sender) -> None:
        await erase_thread(Attempt(row, sender), self._threads, self._notices, self._store)

    async def _card(self, row: OutboxRow, sender: Sender) -> None:
        assert row.ticket_number is not None
        number = row.ticket_number
        await self._threads.refresh_card(number, row, sender)

        async def done(tx: Transaction) -> None:
            await outbox.remove(tx, row.id)
            # Whoever changed the ticket while Telegram was called saw this row queued and added none.
            if not await self._threads.is_current(tx, number):
                await outbox.Outbox(tx).card(number)

        await sender.commit(row, done)

    async def _alarm(self, row: OutboxRow, sender: Sender) -> None:
        place = await self._place(row, sender)

        async def make() -> TelegramMethod[Any]:
            async with self._store.reading() as tx:
                view = await self._alarms.view(tx, row, place.chat_id)
            if view is None:
                raise _Over
            return view.model_copy(update=place.address())

        with contextlib.suppress(_Over):
            await sender.call(row, place.chat_id, make)
        await sender.commit(row, lambda tx: outbox.remove(tx, row.id))

    # Marks, reactions, edits.

    async def _mark(self, row: OutboxRow, sender: Sender) -> None:
        assert row.message_id is not None
        async with self._store.reading() as tx:
            chat_id = await self._threads.chat_now(tx, row.destination)
            copies = await messages.copies(tx, row.message_id)
        # On what its author wrote a reaction takes the place of the mark.
        shown_on = _marked(self._on_that_side(copies, chat_id), chat_id)
        if shown_on is not None:
            await self._set_reaction(row, sender, shown_on, chat_id)
        await sender.commit(row, lambda tx: outbox.remove(tx, row.id))

    def _on_that_side(self, copies: list[Copy], chat_id: int) -> list[Copy]:
        """Copies in that chat, and if it is a staff group, in the other groups too."""
        of_chat = self._threads.groups.of_chat
        among_agents = of_chat(chat_id) is not None
        return [
            copy
            for copy in copies
            if copy.chat_id == chat_id or (among_agents and of_chat(copy.chat_id) is not None)
        ]

    @staticmethod
    async def _set_reaction(row: OutboxRow, sender: Sender, shown_on: Copy, chat_id: int) -> None:
        assert row.payload is not None
        emoji = row.payload["emoji"]

        async def make() -> TelegramMethod[Any]:
            return SetMessageReaction(
                chat_id=shown_on.chat_id,
                message_id=shown_on.telegram_message_id,
                reaction=[ReactionTypeEmoji(emoji=emoji)] if emoji else [],
            )

        # The group may forbid reactions or the message be gone: no failed delivery. Nor has a ticket to wait
        # until we may write again in a group that it has left.
        left = shown_on.chat_id != chat_id
        with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
            await sender.call(row, shown_on.chat_id, make, optional=left)

    async def _edit(self, row: OutboxRow, sender: Sender) -> None:
        assert row.message_id is not None
        place = await self._place(row, sender)
        async with self._store.reading() as tx:
            stored = await messages.get(tx, row.message_id)
            known = self._on_that_side(await messages.copies(tx, row.message_id), place.chat_id)
            header, language = await self._header(tx, row, stored)
        on_side = [copy for copy in known if not copy.origin]
        copies = [copy for copy in on_side if copy.chat_id == place.chat_id]
        changed = left_behind = False
        if stored.on_card:
            changed = await self._threads.refresh_card(row.ticket_number or 0, row, sender)
        elif copies:
            changed = await self._edit_copies(row, stored, copies, place, language, header, sender)
        elif on_side:
            # It stands in a group that the ticket has left: what reads it now has to see the edit as well.
            latest = [copy for copy in on_side if copy.chat_id == on_side[-1].chat_id]
            try:
                changed = await self._edit_copies(
                    row, stored, latest, Place(latest[0].chat_id), language, header, sender, left=True
                )
            except (calls.Refused, calls.ThreadGone, calls.ThreadClosed):
                changed = True
            left_behind = changed
        elif known:
            # Its author wrote it in a group that the ticket has left.
            left_behind = known[0].chat_id != place.chat_id

        async def done(tx: Transaction) -> None:
            await self._edit_done(tx, row)
            if left_behind:
                await outbox.Outbox(tx).relay(row.destination, stored.id, row.ticket_number or 0)
            if changed and stored.author == "customer":
                await self._notices.edited(tx, stored)

        await sender.commit(row, done)

    async def _edit_copies(
        self,
        row: OutboxRow,
        stored: StoredMessage,
        copies: list[Copy],
        place: Place,
        language: str,
        header: Header | None,
        sender: Sender,
        *,
        left: bool = False,
    ) -> bool:
        """Make the copies in one chat show a message as it is now; False if they did."""
        async with self._store.reading() as tx:
            together = await messages.shown_by(tx, place.chat_id, copies[0].telegram_message_id)
        parts = self._parts_now(stored, together, place, language, header)
        changed = False
        for edit in edits(parts, place.chat_id, [copy.telegram_message_id for copy in copies]):
            changed |= await self._edit_copy(row, place.chat_id, edit, sender, left=left)
        return changed

    @staticmethod
    def _parts_now(
        stored: StoredMessage,
        together: list[StoredMessage],
        place: Place,
        language: str,
        header: Header | None,
    ) -> list[Part]:
        """What a message's copies should show now, those that share one with it included."""
        if len(together) > 1 and not stored.attachments:
            text, entities = join(together)
            stored = dataclasses.replace(
                stored, text=text, entities=[entity.model_dump(exclude_none=True) for entity in entities]
            )
        return render([stored], place, translator(language), header)

    @staticmethod
    async def _edit_copy(
        row: OutboxRow, chat_id: int, edit: TelegramMethod[Any], sender: Sender, *, left: bool = False
    ) -> bool:
        """Make a copy show something else; False if it showed that already."""

        async def make() -> TelegramMethod[Any]:
            return edit

        try:
            await sender.call(row, chat_id, make, optional=left)
        except calls.Refused as refused:
            if _NOT_MODIFIED not in refused.reason:
                raise
            return False
        return True

    # Taking back.

    async def _take_back(self, row: OutboxRow, sender: Sender) -> None:
        ids = self._message_ids(row)
        place = await self._place(row, sender)
        shown: dict[int, list[StoredMessage]] = {}
        async with self._store.reading() as tx:
            for message_id in ids:
                for copy in await messages.copies(tx, message_id, place.chat_id):
                    target = copy.telegram_message_id
                    together = await messages.shown_by(tx, place.chat_id, target)
                    shown[target] = [each for each in together if each.taken_back_at is None]
            heads = {
                target: await self._header(tx, row, staying[0])
                for target, staying in shown.items()
                if staying
            }
        alone = [target for target, staying in shown.items() if not staying]
        if alone:
            await self._remove(row, place.chat_id, alone, sender)
        for target, (header, language) in heads.items():
            # Others travelled in the same message: these stay.
            parts = self._parts_now(shown[target][0], shown[target], place, language, header)
            for edit in edits(parts, place.chat_id, [target]):
                with _gone_already():
                    await self._edit_copy(row, place.chat_id, edit, sender)

        async def done(tx: Transaction) -> None:
            await messages.copies_are_gone(tx, ids, place.chat_id)
            await taken_back.done(tx, row, self._notices, seen=bool(shown))

        await sender.commit(row, done)

    @staticmethod
    async def _remove(row: OutboxRow, chat_id: int, targets: list[int], sender: Sender) -> None:
        async def make() -> TelegramMethod[Any]:
            if len(targets) == 1:
                return DeleteMessage(chat_id=chat_id, message_id=targets[0])
            return DeleteMessages(chat_id=chat_id, message_ids=targets)

        with _gone_already():
            await sender.call(row, chat_id, make)

    @staticmethod
    async def _edit_done(tx: Transaction, row: OutboxRow) -> None:
        await outbox.remove(tx, row.id)
        assert row.message_id is not None
        # What could not be delivered may be right now that it says something else.
        failed = await outbox.failed_row(tx, row.message_id)
        if failed is not None:
            await outbox.retry(tx, failed)


@contextlib.contextmanager
def _gone_already() -> Iterator[None]:
    """What is to be taken back may be gone: somebody deleted it."""
    try:
        yield
    except calls.Refused as refused:
        if not any(words in refused.reason for words in _GONE):
            raise


def _marked(copies: list[Copy], chat_id: int) -> Copy | None:
    """Where a mark or a reaction is put: on what the author wrote, else on the last of what we showed.

    Of copies on one side, of which those in that chat come first.
    """
    here = [copy for copy in copies if copy.chat_id == chat_id]
    origin = next((copy for copy in (*here, *copies) if copy.origin), None)
    return origin or next(reversed(here or copies), None)


def _spread(shows: tuple[int, ...], count: int) -> list[int]:
    """Which stored message each of `count` Telegram messages shows: one for all, or one each."""
    return list(shows) if len(shows) == count else [shows[0]] * count
