"""What every handler of the customers' side is given."""

from __future__ import annotations

from dataclasses import dataclass

from desk.profile import Profile
from desk.search import FaqSearch
from dialogs.form import Form
from dialogs.groups import Groups
from storage.outbox import Outbox
from storage.transaction import Transaction


@dataclass(slots=True)
class Toast:
    """The one answer to a button press, given after the commit: a line, or an alert to be confirmed."""

    text: str | None = None
    alert: bool = False

    def say(self, text: str, *, alert: bool = False) -> None:
        """Answer with this text."""
        self.text = text
        self.alert = alert


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as it runs: its profile, and what its settings say."""

    profile: Profile
    form: Form
    faq: FaqSearch
    staff_language: str
    # Without a staff group the desk is not open yet.
    is_open: bool
    bot_username: str
    groups: Groups


@dataclass(frozen=True, slots=True)
class Work:
    """What is at hand where tickets change: the transaction, what is owed in it, and the desk."""

    tx: Transaction
    outbox: Outbox
    desk: Desk
