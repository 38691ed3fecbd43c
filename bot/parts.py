"""What runs in a bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.pipeline.accept import Poller
from bot.pipeline.process import Processor
from bot.pipeline.receive import Receiver
from bot.pipeline.sender import Sender
from bot.pipeline.signals import Signals
from bot.pipeline.ticking import Ticker
from bot.pipeline.watch import Watch
from bot.staff.membership import Roster
from dialogs.context import Desk

# Where updates come from: long polling, or a webhook.
Source = Poller | Receiver


class Part(Protocol):
    """Something that runs."""

    async def run(self) -> None:
        """Run until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs: each has a `run` that lasts until it is cancelled."""

    source: Source
    processor: Processor
    sender: Sender
    ticker: Ticker
    roster: Roster
    desk: Desk
    # What several processes need to work as one; None where a process has its file for itself.
    signals: Signals
    watch: Watch | None

    def busy(self) -> bool:
        """Whether something is being processed or committed at this moment."""
        return self.processor.working or self.sender.committing
