"""The tables. They alone say what is stored; the migrations must agree with them (a test compares them).

Times are stored in UTC and come back aware. Telegram's ids are 64 bits wide.
"""

from storage.models.columns import metadata
from storage.models.customers import conversation, customer, customer_mark, draft, faq_verdict, remembered
from storage.models.facts import counter, meta
from storage.models.messages import attachment, delivery, message
from storage.models.queues import SET_ASIDE, UNPROCESSED, destination, inbox, outbox, timer
from storage.models.staff import announcement, duty, lookup, membership
from storage.models.tickets import UNFINISHED, journal, old_thread, rating, split, ticket

__all__ = [
    "SET_ASIDE",
    "UNFINISHED",
    "UNPROCESSED",
    "announcement",
    "attachment",
    "conversation",
    "counter",
    "customer",
    "customer_mark",
    "delivery",
    "destination",
    "draft",
    "duty",
    "faq_verdict",
    "inbox",
    "journal",
    "lookup",
    "membership",
    "message",
    "meta",
    "metadata",
    "old_thread",
    "outbox",
    "rating",
    "remembered",
    "split",
    "ticket",
    "timer",
]
