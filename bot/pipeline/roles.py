"""What the sender wants of those who know rows: to deliver them, and to see to it when that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.pipeline import calls
from storage.rows import OutboxRow

if TYPE_CHECKING:
    from bot.pipeline.sender import Sender


class Deliverer(Protocol):
    """Knows how each kind of row becomes calls, and what has to be written down afterwards."""

    async def deliver(self, row: OutboxRow, sender: Sender) -> None:
        """Make the calls of a row and commit their outcome; the row is done when this returns."""
        ...

    async def is_there(self, row: OutboxRow, chat_id: int) -> bool:
        """Whether what a row is about is still in that chat, after it waited for its turn there."""
        ...


class Recovery(Protocol):
    """Knows what has to be done when a row did not get through."""

    async def fail(self, row: OutboxRow, reason: str, sender: Sender) -> None:
        """Commit that the row cannot be delivered, and tell whom it concerns."""
        ...

    async def unreachable(self, row: OutboxRow, reason: str, sender: Sender) -> None:
        """Commit that the customer cannot be reached, and tell the agents."""
        ...

    async def lost_thread(self, row: OutboxRow, gone: calls.ThreadGone, sender: Sender) -> bool:
        """Commit that the thread of a row is gone; False if none will be made anew, and the row is over."""
        ...

    async def reopen_thread(self, row: OutboxRow, sender: Sender) -> bool:
        """Open a thread that somebody closed; False if it stays closed, and the row is over."""
        ...

    async def migrated(self, row: OutboxRow, moved: calls.Migrated, sender: Sender) -> bool:
        """Commit a staff group's new id; False if it is no staff group's, so that nothing is owed there."""
        ...

    async def topics_off(self, chat_id: int, sender: Sender) -> None:
        """Commit that a staff group has no topics."""
        ...
