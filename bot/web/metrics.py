"""`/metrics`: what was counted as it happened, and what waits now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.metrics import Metrics
from storage import backlog
from storage.backlog import Backlog
from storage.store import Store

log = logging.getLogger(__name__)

# Who asks more often is told the same again: counting must not become work for the database.
_COUNT_EVERY = timedelta(seconds=5)
_COUNT_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How the desk stands, apart from what is stored."""

    # How many staff groups cannot be written to.
    groups_in_trouble: int
    # How many updates Telegram has for the webhook, as it last said; None with long polling.
    telegram_waiting: int | None


class MetricsPage:
    """Answers at `/metrics`."""

    def __init__(self, metrics: Metrics, store: Store, standing: Callable[[], Standing]) -> None:
        self._registry = metrics.registry
        self._store = store
        self._standing = standing
        self._counting = asyncio.Lock()
        self._counted: Backlog | None = None
        self._counted_at: datetime | None = None
        self._now = _Now()
        self._registry.register(self._now)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        found = await self._backlog()
        self._now.families = [*_of_desk(self._standing(), found is not None), *_of_store(found)]
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})

    async def _backlog(self) -> Backlog | None:
        """What waits in the store; None if it cannot be asked."""
        async with self._counting:
            now = self._store.clock.now()
            if self._counted_at is None or now - self._counted_at >= _COUNT_EVERY:
                self._counted_at = now
                try:
                    async with asyncio.timeout(_COUNT_WITHIN), self._store.searching() as tx:
                        self._counted = await backlog.count(tx)
                except Exception as error:
                    # Whatever it is: what was counted as it happened can be told all the same.
                    log.warning("what waits cannot be counted: %s", type(error).__name__)
                    self._counted = None
            return self._counted


class _Now(Collector):
    """What was looked up for the request that is being answered."""

    def __init__(self) -> None:
        self.families: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        return self.families


def _of_desk(standing: Standing, reachable: bool) -> Iterable[Metric]:
    yield _gauge("talon_store_reachable", "Whether the database could be asked for what waits", reachable)
    trouble = standing.groups_in_trouble
    yield _gauge("talon_staff_trouble", "How many staff groups cannot be written to", trouble)
    if standing.telegram_waiting is not None:
        yield _gauge(
            "talon_telegram_waiting",
            "Updates that Telegram has for the webhook, as it last said",
            standing.telegram_waiting,
        )


def _of_store(found: Backlog | None) -> Iterable[Metric]:
    if found is None:
        return
    yield _gauge("talon_inbox_waiting", "Updates accepted and not yet processed", found.inbox.waiting)
    yield _gauge("talon_inbox_oldest_seconds", "Age of the oldest of them", found.inbox.oldest)
    yield _gauge("talon_inbox_set_aside", "Updates that could not be processed: talon inbox", found.set_aside)
    waiting = GaugeMetricFamily(
        "talon_outbox_waiting", "Rows owed to Telegram, and screens not shown yet", labels=["queue", "kind"]
    )
    oldest = GaugeMetricFamily(
        "talon_outbox_oldest_seconds",
        "For how long the oldest of them has been due",
        labels=["queue", "kind"],
    )
    for (kind, owed), queue in sorted(found.outbox.items()):
        where = ["owed" if owed else "screen", kind]
        waiting.add_metric(where, queue.waiting)
        oldest.add_metric(where, queue.oldest)
    yield waiting
    yield oldest
    yield _gauge("talon_outbox_failed", "Messages that failed for good and can be tried again", found.failed)
    tickets = GaugeMetricFamily("talon_open_tickets", "Tickets still to be worked on", labels=["state"])
    for state, number in sorted(found.tickets.items()):
        tickets.add_metric([state], number)
    yield tickets
    yield _gauge("talon_timers_due", "Timers that are due and have not fired", found.timers_due)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
