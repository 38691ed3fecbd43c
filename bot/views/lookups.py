"""What agents asked for, as they read it: one ticket, the queue, their own tickets, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from aiogram.filters.callback_data import CallbackData
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from markupsafe import Markup, escape
from pydantic import Field

from bot.views import deadlines, links
from bot.views.card import STAFF_STATE_NAMES
from desk.clocks import nearest
from desk.lifecycle import State
from desk.lookup import read_lookup
from desk.profile import Profile
from dialogs import promises
from dialogs.description import excerpt
from dialogs.groups import Group, Groups
from dialogs.reply import NO_PREVIEW
from locales import Translator
from storage import customers, queue, search, tickets
from storage.rows import Customer, Ticket
from storage.scope import Scope
from storage.store import Store
from storage.transaction import Transaction

TICKET, FIND, QUEUE, MINE = "ticket", "find", "queue", "mine"

_PAGE = 8
_SUBJECT = 80
_NAME = 40


class PageButton(CallbackData, prefix="page"):
    """Turns the pages of a list: `key` is the id of what was asked, or of the agent whose tickets it has."""

    what: str
    key: Annotated[int, Field(ge=0, lt=2**63)]
    page: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class _List:
    """One page: what stands above it, the tickets on it, which page of how many it is."""

    head: Markup
    numbers: Sequence[int] = ()
    page: int = 0
    pages: int = 1


class Lookups:
    """Answers what agents ask, in the group's language."""

    def __init__(self, store: Store, profile: Profile, tr: Translator, groups: Groups) -> None:
        self._store = store
        self._profile = profile
        self._tr = tr
        self._groups = groups

    async def view(self, asked: dict[str, Any], group: Group) -> SendMessage:
        """The answer as it is now, addressed to the topic and the message it answers.

        A department's own group is told of its own tickets; in the common one all can be found, and its
        queue has those that are there.
        """
        text, keyboard = await self._answer(asked["what"], asked["key"], asked["page"], group)
        reply = None
        if asked["answers"] is not None:
            reply = ReplyParameters(message_id=asked["answers"], allow_sending_without_reply=True)
        return SendMessage(
            chat_id=group.chat_id,
            message_thread_id=asked["thread"],
            text=text,
            parse_mode="HTML",
            link_preview_options=NO_PREVIEW,
            reply_parameters=reply,
            reply_markup=keyboard,
        )

    async def _answer(
        self, what: str, key: int, page: int, group: Group
    ) -> tuple[str, InlineKeyboardMarkup | None]:
        scope = self._groups.scope(group)
        # All that can be found is for the common group.
        seen = None if group is self._groups.common else scope
        if what == TICKET:
            return await self._one(key, seen), None
        found = (
            await self._found(key, page, seen)
            if what == FIND
            else await self._waiting(what, key, page, scope)
        )
        async with self._store.reading() as tx:
            lines = [await self._line(tx, number) for number in found.numbers]
        return Markup("\n\n").join([found.head, *lines]), self._turns(what, key, found)

    def _turns(self, what: str, key: int, found: _List) -> InlineKeyboardMarkup | None:
        possible = (("◀", found.page - 1), ("▶", found.page + 1))
        buttons = [
            InlineKeyboardButton(text=text, callback_data=PageButton(what=what, key=key, page=page).pack())
            for text, page in possible
            if 0 <= page < found.pages
        ]
        return InlineKeyboardMarkup(inline_keyboard=[buttons]) if buttons else None

    async def _found(self, key: int, page: int, seen: Scope | None) -> _List:
        tr = self._tr
        async with self._store.searching() as tx:
            words = await search.recall(tx, key)
            if words is None:
                return _List(tr.text("This list is out of date. Please ask again."))
            found = await search.find(tx, read_lookup(words, self._profile.serial_field))
            numbers = found.numbers if seen is None else await tickets.among(tx, found.numbers, seen)
        total = len(numbers)
        if not total:
            text = tr.text(
                "Nothing found for “{words}”. Try fewer words, or only the beginning of a word.", words=words
            )
            return _List(text)
        if found.is_all:
            head = tr.plural(
                "“{words}”: <b>{n} ticket</b> found",
                "“{words}”: <b>{n} tickets</b> found",
                total,
                words=words,
            )
        else:
            head = tr.plural(
                "“{words}”: more than <b>{n} ticket</b> found, here are the latest",
                "“{words}”: more than <b>{n} tickets</b> found, here are the latest",
                total,
                words=words,
            )
        page, pages = _fitting(page, total)
        return _List(head, numbers[page * _PAGE :][:_PAGE], page, pages)

    async def _waiting(self, what: str, agent_id: int, page: int, scope: Scope | None) -> _List:
        """The queue, or what one agent has of it."""
        async with self._store.reading() as tx:
            total = await queue.count(tx, None if what == QUEUE else agent_id, scope)
            page, pages = _fitting(page, min(total, search.MOST))
            if what == QUEUE:
                numbers = await queue.of_all(tx, page * _PAGE, _PAGE, scope)
            else:
                numbers = await queue.of_agent(tx, agent_id, page * _PAGE, _PAGE, scope)
        return _List(self._head(what, total), numbers, page, pages)

    def _head(self, what: str, total: int) -> Markup:
        tr = self._tr
        if total > search.MOST:
            return tr.text("More than <b>{n}</b> open tickets", n=search.MOST)
        if what == QUEUE:
            if not total:
                return tr.text("There are no open tickets.")
            return tr.plural("<b>{n} open ticket</b>", "<b>{n} open tickets</b>", total)
        if not total:
            return tr.text("You have no open tickets. What nobody has taken yet is first in /queue")
        return tr.plural("You have <b>{n} open ticket</b>", "You have <b>{n} open tickets</b>", total)

    async def _line(self, tx: Transaction, number: int) -> Markup:
        ticket = await tickets.get(tx, number)
        customer = await customers.get(tx, ticket.customer_id)
        about: list[object] = [ticket.serial, excerpt(customer.name, _NAME)]
        if ticket.assignee_name:
            about.append(self._tr.text("taken by {name}", name=excerpt(ticket.assignee_name, _NAME)))
        if (deadline := await self._deadline(tx, ticket)) is not None:
            about.append(deadline)
        above = [links.numbered(ticket), self._state(ticket), excerpt(ticket.subject, _SUBJECT)]
        return Markup("\n").join([_dotted(above), _dotted(about)])

    def _state(self, ticket: Ticket) -> str:
        return self._tr.plain(STAFF_STATE_NAMES[State(ticket.state)])

    async def _deadline(self, tx: Transaction, ticket: Ticket) -> Markup | None:
        clock = nearest(await promises.clocks_of(tx, self._profile, ticket.number))
        return None if clock is None else deadlines.in_list(self._tr, clock, tx.now)

    def _elsewhere(self, ticket: Ticket) -> Markup:
        department = self._profile.department(ticket.department)
        return self._tr.text(
            "Ticket #{number} is in another group now: {department}.",
            number=ticket.number,
            department="—" if department is None else department.label.in_language(self._tr.language),
        )

    async def _one(self, number: int, seen: Scope | None) -> Markup:
        tr, profile = self._tr, self._profile
        async with self._store.reading() as tx:
            ticket = await tickets.find(tx, number)
            if ticket is None:
                return tr.text("There is no ticket #{number}.", number=number)
            if seen is not None and not seen.holds(ticket.department):
                return self._elsewhere(ticket)
            customer = await customers.get(tx, ticket.customer_id)
            found = await promises.clocks_of(tx, profile, number)
            now = tx.now
        lines = [
            Markup("<b>{}</b> · {}").format(links.numbered(ticket), self._state(ticket)),
            Markup("<b>{}</b>").format(ticket.subject),
            tr.text("Customer: {name}", name=_addressed(customer)),
        ]
        if ticket.serial is not None and (field := profile.serial_field) is not None:
            label = field.label.in_language(tr.language)
            lines.append(tr.text("{label}: <code>{value}</code>", label=label, value=ticket.serial))
        if ticket.priority is not None:
            lines.append(
                tr.text("Priority: {priority}", priority=promises.label(tr, profile, ticket.priority))
            )
        lines.append(tr.text("Opened: {moment}", moment=tr.timestamp(ticket.opened_at, profile.timezone)))
        clock = nearest(found)
        if clock is not None:
            due = deadlines.due(tr, clock, profile.timezone)
            lines.append(_dotted([due, deadlines.in_list(tr, clock, now)]))
        if ticket.assignee_name:
            lines.append(tr.text("Agent: {name}", name=ticket.assignee_name))
        if links.to_card(ticket) is None:
            lines.append(tr.text("There is no link to its thread."))
        return Markup("\n").join(lines)


def _addressed(customer: Customer) -> str:
    return f"{customer.name} (@{customer.username})" if customer.username else customer.name


def _dotted(parts: Sequence[object]) -> Markup:
    return Markup(" · ").join(escape(part) for part in parts if part)


def _fitting(page: int, total: int) -> tuple[int, int]:
    """The page that exists nearest to the one asked for, and how many there are."""
    pages = max(1, -(-total // _PAGE))
    return min(max(page, 0), pages - 1), pages
