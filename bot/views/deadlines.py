"""How agents read a deadline, on the card and in a reminder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from desk.clocks import Clock, nearest
from desk.history import Phase
from desk.targets import ClockName
from locales import Translator


def due(tr: Translator, clock: Clock, zone: ZoneInfo) -> Markup:
    """Which deadline it is, and when."""
    moment = tr.timestamp(clock.due_at, zone)
    match clock.name:
        case ClockName.TRIAGE:
            return tr.text("Triage due: {moment}", moment=moment)
        case ClockName.REACTION:
            return tr.text("Answer due: {moment}", moment=moment)
        case ClockName.NEXT_RESPONSE:
            return tr.text("Next answer due: {moment}", moment=moment)
        case ClockName.SOLUTION:
            return tr.text("Solution due: {moment}", moment=moment)


def left(tr: Translator, clock: Clock) -> Markup:
    """What is left of it."""
    length = tr.duration(clock.left)
    if clock.in_hours:
        return tr.text("Left: {length} of working time", length=length)
    return tr.text("Left: {length}", length=length)


def in_list(tr: Translator, clock: Clock, now: datetime) -> Markup:
    """A deadline in a few words: what is left, or by how much it was missed."""
    if clock.breached_at is not None:
        return tr.text("🔥 late by {length}", length=tr.duration(now - clock.due_at))
    length = tr.duration(clock.left)
    if clock.phase is Phase.PAUSED:
        return tr.text("⏸ {length} left", length=length)
    if clock.in_hours:
        return tr.text("⏳ {length} of working time left", length=length)
    return tr.text("⏳ {length} left", length=length)


def on_card(
    tr: Translator, found: Sequence[Clock], zone: ZoneInfo, now: datetime
) -> tuple[list[Markup], list[Markup]]:
    """The nearest deadline as it stands until something happens, and what is left of it just now."""
    clock = nearest(found)
    if clock is None:
        return [], []
    if clock.breached_at is not None:
        return [Markup("🔥 {} {}").format(tr.text("Overdue!"), due(tr, clock, zone))], []
    if clock.phase is Phase.PAUSED:
        return [Markup("⏸ {} {}").format(tr.text("The clock stands still."), left(tr, clock))], []
    moment, length = tr.timestamp(now, zone), tr.duration(clock.left)
    if clock.in_hours:
        shown = tr.text("Left on {moment}: {length} of working time", moment=moment, length=length)
    else:
        shown = tr.text("Left on {moment}: {length}", moment=moment, length=length)
    return [due(tr, clock, zone)], [shown]
