"""What we owe Telegram: written in the transaction that decides it, sent after the commit.

*Owed* rows survive everything. *Screens*, the prompts and menus of the dialogue, are replaced by a
newer one and dropped where nobody can see them.
"""

from storage.outbox.failed import fail, failed_row, retry, ticket_of_failed
from storage.outbox.outbox import Outbox
from storage.outbox.unsent import is_being_taken_back, is_queued, remove, unattended, waiting, waiting_for

__all__ = [
    "Outbox",
    "fail",
    "failed_row",
    "is_being_taken_back",
    "is_queued",
    "remove",
    "retry",
    "ticket_of_failed",
    "unattended",
    "waiting",
    "waiting_for",
]
