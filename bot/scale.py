"""What differs between one process that has its file for itself, and several that share a PostgreSQL."""

from __future__ import annotations

from typing import Any

from bot.pipeline.process import Processor
from bot.pipeline.sender import Sender
from bot.pipeline.shared_processor import SharedProcessor
from bot.pipeline.shared_sender import SharedSender
from bot.pipeline.signals import WORK, Signals
from bot.pipeline.threads import Threads
from bot.pipeline.turn import Turn
from bot.pipeline.watch import Watch
from storage.store import Store

# On SQLite one large transaction is cheaper than many small ones; PostgreSQL likes several at once.
_SQLITE_BATCH = 20
_POSTGRES_WORKERS = 4


def batch_of(store: Store) -> int:
    """How much is done in one transaction."""
    return _SQLITE_BATCH if store.is_sqlite else 1


def make_sender(store: Store, signals: Signals, threads: Threads, **common: Any) -> Sender:
    """The sender; `common` is what it is given either way."""
    if store.is_sqlite:
        return Sender(store=store, **common)
    return SharedSender(store=store, signals=signals, stands=threads.check, **common)


def make_processor(store: Store, signals: Signals, **common: Any) -> Processor:
    """The processor; `common` is what it is given either way."""
    batch = batch_of(store)
    if store.is_sqlite:
        return Processor(store=store, batch=batch, workers=1, **common)
    return SharedProcessor(
        store=store,
        batch=batch,
        workers=_POSTGRES_WORKERS,
        too_much=lambda: signals.tell(WORK),
        **common,
    )


def make_turn(store: Store, owner: str) -> Turn | None:
    """Whose turn it is to poll; None where nobody else could."""
    return None if store.is_sqlite else Turn(store, owner)


def make_watch(
    store: Store, processor: Processor, sender: Sender, signals: Signals, threads: Threads, owner: str
) -> Watch | None:
    """The watch over what other processes leave behind; None where there are no others."""
    if not (isinstance(processor, SharedProcessor) and isinstance(sender, SharedSender)):
        return None
    return Watch(
        store=store,
        processor=processor,
        sender=sender,
        signals=signals,
        owner=owner,
        read_group=threads.read,
    )
