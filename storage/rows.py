"""What the queries give back: plain values, detached from the database."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, Self

from sqlalchemy import Row, Table

Author = Literal["customer", "agent", "note"]


class FromRow:
    """Building a value from the columns of the same names."""

    @classmethod
    def from_row(cls, row: Row[Any]) -> Self:
        """The value of one row; columns that the value does not know are left out."""
        known = cls.__dataclass_fields__  # type: ignore[attr-defined]
        return cls(**{name: value for name, value in zip(row._fields, row, strict=True) if name in known})


def columns(table: Table, value: type[FromRow]) -> list[Any]:
    """The columns of `table` that `value` is made of."""
    return [table.c[f.name] for f in fields(value) if f.name in table.c]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class InboxRow(FromRow):
    """An update that was accepted and not yet processed."""

    update_id: int
    lane: str
    payload: dict[str, Any]
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Customer(FromRow):
    """A person who writes to the bot in a private chat."""

    id: int
    first_name: str
    last_name: str | None
    username: str | None
    language: str | None
    language_hint: str | None
    unreachable: str | None
    screen_message_id: int | None
    screen_key: str | None
    # To which version of the desk's rules on personal data they agreed.
    agreed_version: int | None = None
    erased_at: datetime | None = None
    banned_at: datetime | None = None
    ban_reason: str | None = None

    @property
    def name(self) -> str:
        """The name as Telegram shows it."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass(frozen=True, slots=True)
class Draft(FromRow):
    """A ticket that is still being asked for."""

    id: int
    customer_id: int
    type: str | None
    answers: dict[str, str]
    passed: list[str]
    step: str | None
    editing: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket(FromRow):
    """One problem of one customer."""

    number: int
    customer_id: int
    state: str
    type: str | None
    subject: str
    serial: str | None
    answers: dict[str, str]
    department: str | None
    priority: str | None
    assignee_id: int | None
    assignee_name: str | None
    linked_to: int | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    asked_at: datetime | None
    reason: str | None
    until: datetime | None
    due_at: datetime | None
    menu: str | None
    thread_chat_id: int | None
    thread_id: int | None
    card_message_id: int | None
    card_digest: str | None
    thread_closed: bool

    @property
    def is_erased(self) -> bool:
        """Whether everything personal is gone from it: it belongs to nobody any more."""
        return self.customer_id < 0


@dataclass(frozen=True, slots=True)
class Split(FromRow):
    """A list from which agents choose what is split off a ticket.

    An entry is one message, or all of an album; `chosen` names entries by their first. `became` is the number
    of the ticket that was opened with them, `agent_name` who did that.
    """

    id: int
    ticket_number: int
    subject: str | None
    offered: list[list[int]]
    chosen: list[int]
    became: int | None
    agent_name: str | None


@dataclass(frozen=True, slots=True)
class Attachment(FromRow):
    """A file of a message, as a reference that Telegram understands."""

    position: int
    family: str
    file_id: str
    file_unique_id: str
    file_name: str | None = None
    mime_type: str | None = None
    size: int | None = None
    caption: str = ""
    caption_entities: list[dict[str, Any]] | None = None
    spoiler: bool = False
    caption_above: bool = False
    still_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage(FromRow):
    """One entry of a conversation."""

    id: int
    ticket_number: int | None
    customer_id: int
    author: Author
    author_id: int | None
    author_name: str | None
    kind: str
    text: str
    entities: list[dict[str, Any]] | None
    created_at: datetime
    draft_id: int | None = None
    raw: dict[str, Any] | None = None
    media_group_id: str | None = None
    reply_to_id: int | None = None
    quote: dict[str, Any] | None = None
    forwarded_from: dict[str, Any] | None = None
    opening: bool = False
    on_card: bool = False
    edited_at: datetime | None = None
    taken_back_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True, eq=False)
class OutboxRow(FromRow):
    """Something that we owe Telegram."""

    id: int
    destination: str
    kind: str
    owed: bool
    rank: int
    message_id: int | None
    ticket_number: int | None
    payload: dict[str, Any] | None
    created_at: datetime
    due_at: datetime
    # In memory only: what it shows, as long as that is as it was written.
    stored: StoredMessage | None = None

    @property
    def message_ids(self) -> list[int]:
        """The messages that a row is about: one, or those of an album that are brought along."""
        assert self.message_id is not None
        return [self.message_id, *(self.payload or {}).get("also", ())]


@dataclass(frozen=True, slots=True)
class Copy(FromRow):
    """One Telegram message that shows a message, or a part of it, in one chat."""

    message_id: int
    chat_id: int
    telegram_message_id: int
    part: int
    origin: bool
