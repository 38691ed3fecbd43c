"""What is measured while the desk runs, in Prometheus' words. Nobody's data: no ids, no names, no texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from storage import destinations

# Seconds. An update takes a millisecond or two; a slow disk or a busy database shows in the upper half.
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_OTHER = "other"
PRIVATE, STAFF = "private", "staff"


class Metrics:
    """What one desk counts as it happens, in a registry of its own: several desks may run in a process."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """`kinds` are those of updates that are told apart; all others are one."""
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        updates = Histogram(
            "talon_update_seconds",
            "Seconds spent on processing an update, by its kind, failed attempts included",
            ["kind"],
            buckets=_BUCKETS,
            registry=registry,
        )
        failures = Counter(
            "talon_update_failures",
            "Attempts to process an update that failed in the desk's own code",
            ["kind"],
            registry=registry,
        )
        # Looked up once: what is counted for every update must cost next to nothing.
        self._updates = {kind: updates.labels(kind) for kind in (*kinds, _OTHER)}
        self._failures = {kind: failures.labels(kind) for kind in self._updates}
        self._deliveries = Counter(
            "talon_deliveries",
            "What became of attempts to deliver, by where to",
            ["chat", "outcome"],
            registry=registry,
        )
        self._sent = {chat: self._deliveries.labels(chat, "sent") for chat in (PRIVATE, STAFF)}
        self._flood_wait = Counter(
            "talon_flood_wait_seconds",
            "Seconds for which Telegram told the desk to send nothing into a chat (429)",
            ["chat"],
            registry=registry,
        )
        self._requests = Counter(
            "talon_webhook_requests",
            "Requests at the webhook, by the status they were answered with",
            ["status"],
            registry=registry,
        )
        for chat in (PRIVATE, STAFF):
            self._flood_wait.labels(chat)

    def processed(self, payload: dict[str, Any], seconds: float, *, failed: bool) -> None:
        """An attempt to process an update is over."""
        kind = next((key for key in payload if key in self._updates), _OTHER)
        self._updates[kind].observe(seconds)
        if failed:
            self._failures[kind].inc()

    def delivered(self, destination: str, outcome: str = "sent") -> None:
        """An attempt to deliver a row is over."""
        chat = STAFF if destinations.customer_of(destination) is None else PRIVATE
        if outcome == "sent":
            self._sent[chat].inc()
        else:
            self._deliveries.labels(chat, outcome).inc()

    def told_to_wait(self, chat_id: int, seconds: float) -> None:
        """Telegram wants nothing in this chat for so much longer."""
        self._flood_wait.labels(PRIVATE if chat_id > 0 else STAFF).inc(seconds)

    def knocked(self, status: int) -> None:
        """A request at the webhook was answered."""
        self._requests.labels(str(status)).inc()
