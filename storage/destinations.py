"""The names of the places things are sent to. What they are in Telegram is resolved when sending."""

from __future__ import annotations

# The common staff group outside any ticket's thread.
STAFF = "staff"


def staff(department: str) -> str:
    """A department's own staff group outside any thread; the common one without a department."""
    return f"{STAFF}:{department}" if department else STAFF


def customer(customer_id: int) -> str:
    """The private chat with a customer."""
    return f"c:{customer_id}"


def thread(ticket_number: int) -> str:
    """A ticket's thread, wherever it is."""
    return f"t:{ticket_number}"


def old_thread(old_thread_id: int) -> str:
    """A thread that a ticket has left for another group."""
    return f"o:{old_thread_id}"


def chat(chat_id: int) -> str:
    """A chat that is neither: a group the bot was added to."""
    return f"chat:{chat_id}"


def is_nobody(destination: str) -> bool:
    """Whether this stands for customers whose data was erased: nobody is there to be told anything."""
    return destination.startswith("c:-")


def is_foreign(destination: str) -> bool:
    """Whether this is a group the bot was added to, not the staff's."""
    return destination.startswith("chat:")


def customer_of(destination: str) -> int | None:
    """The customer whose private chat this is, or None."""
    return int(destination[2:]) if destination.startswith("c:") else None


def ticket_of(destination: str) -> int | None:
    """The ticket whose thread this is, or None."""
    return int(destination[2:]) if destination.startswith("t:") else None


def department_of(destination: str) -> str:
    """The department whose own group's General this is; empty for the common group's."""
    return destination.removeprefix(STAFF).removeprefix(":")


def old_thread_of(destination: str) -> int | None:
    """The old thread that this is, or None."""
    return int(destination[2:]) if destination.startswith("o:") else None


_SORTS = {"c": "private", "t": "thread", "o": "thread", "chat": "group"}


def sort_of(destination: str) -> str:
    """What sort of place this is: `private`, `thread`, `group`, or `staff` for the staff's own talk."""
    return _SORTS.get(destination.partition(":")[0], STAFF)
