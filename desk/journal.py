"""What the rules know of a ticket's journal: what happened when, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

By = Literal["customer", "agent", "bot", "timer"]

# What happens to a ticket besides an `Action`; in brackets, what `Entry.data` says of it. Of an `Action` it
# says `from` and `to`; of postponing and refusing also the `reason`, and `until` when if there is a date.
OPENED = "open"
"""The customer opened it, or an agent split it off another (`to`, `priority`, and `department` if any)."""
PRIORITY = "priority"
"""An agent set its priority, or confirmed it (`old`, `new`)."""
RETYPED = "type"
"""An agent gave it another type (`old`, `new`); what follows of priority and department has its own entry."""
DEADLINE = "deadline"
"""An agent agreed another deadline with the customer (`clock`, `due`)."""
ASSIGNED = "assign"
"""It was given to an agent, by another or by itself (`agent`, `name`)."""
TRANSFERRED = "transfer"
"""An agent moved it to another department (`old`, `new`)."""
ASKED_MARK = "asked_mark"
"""The customer asked to be given a mark (`mark`)."""
BOOKED = "booked"
"""An agent booked more than the least time for a reply (`minutes`, `message`: its id)."""
REMINDED = "reminded"
"""The agents were reminded of a deadline (`clock`, `due`)."""
BREACHED = "breached"
"""The agents were told that a deadline was missed (`clock`, `due`)."""

CLOSING = "closing"
"""The customer was reminded that silence will close it (`at`)."""
RATED = "rate"
"""The customer gave stars (`stars`), or others than before, or a word with them (`comment`: true)."""


ERASED = "erased"
"""Everything personal was erased from it, by its customer, an administrator or the desk's rules."""

# What of an entry's data tells nothing of a person. When a ticket is erased, all else goes.
IMPERSONAL = frozenset(
    {
        *("from", "to", "priority", "old", "new", "clock", "due", "until", "at", "stars", "reason"),
        *("minutes", "message", "mark", "department", "agent", "into"),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a journal: `event` is an `Action` or one of the words above.

    Entries that change the state say to which one (`to` in `data`); a `due` is a moment in ISO 8601.
    """

    at: datetime
    event: str
    by: By
    data: Mapping[str, Any] = field(default_factory=dict)
