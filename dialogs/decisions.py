"""What a customer is told when agents wait for them, postpone, go on, or hold a ticket for decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.methods import SendMessage
from markupsafe import Markup

from desk.clocks import Clock
from desk.lifecycle import State
from desk.profile import Profile
from dialogs import promises, words
from dialogs.buttons import SolvedButton, button, rows
from dialogs.reply import view
from locales import Translator
from storage.rows import Ticket


def waiting(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> Markup:
    """The desk needs an answer; *found* are the clocks as they stand still."""
    if profile.is_talk:
        text = tr.text("We are waiting for your answer: the specialist cannot go on without it.")
    else:
        text = tr.text(
            "Request #{number}: we are waiting for your answer, the specialist cannot go on without it.",
            number=ticket.number,
        )
    return Markup("\n").join([text, *_clock_stands_still(tr, profile, found)])


def postponed(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> Markup:
    """Put off, why, and until when; *found* are the clocks at the end of it, or where that is open now."""
    lines = [_postponed(tr, profile, ticket)]
    lines += reason(tr, profile, ticket)
    if ticket.until is None:
        lines += _clock_stands_still(tr, profile, found)
    else:
        lines += promises.after_pause(tr, profile, found)
    return Markup("\n").join(lines)


def _postponed(tr: Translator, profile: Profile, ticket: Ticket) -> Markup:
    if ticket.until is None:
        if profile.is_talk:
            return tr.text("We have postponed your question.")
        return tr.text("Request #{number} has been postponed.", number=ticket.number)
    moment, zone = promises.in_words(tr, profile, ticket.until)
    if profile.is_talk:
        return tr.text(
            "We have postponed your question until <b>{moment}</b> ({zone}).", moment=moment, zone=zone
        )
    return tr.text(
        "Request #{number} has been postponed until <b>{moment}</b> ({zone}).",
        number=ticket.number,
        moment=moment,
        zone=zone,
    )


def _clock_stands_still(tr: Translator, profile: Profile, found: Sequence[Clock]) -> list[Markup]:
    """Said only where a deadline that the customer knows of moves."""
    if not any(clock.is_active and clock.name in profile.promised for clock in found):
        return []
    return [tr.text("Until then the clock stands still: our deadline moves by as long.")]


def resumed(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> Markup:
    """The pause is over; *found* are the clocks as they run again."""
    if profile.is_talk:
        text = tr.text("We are working on your question again.")
    else:
        text = tr.text("We are working on request #{number} again.", number=ticket.number)
    return Markup("\n").join([text, *promises.promised(tr, profile, found)])


def reason(tr: Translator, profile: Profile, ticket: Ticket) -> list[Markup]:
    """Why it is postponed or refused, if the profile still knows."""
    known = profile.find_reason(ticket.reason)
    if known is None:
        return []
    return [tr.text("Reason: {reason}", reason=known.text.in_language(tr.language))]


def standing(tr: Translator, profile: Profile, ticket: Ticket) -> list[Markup]:
    """The same in a list: until when, and why."""
    lines = []
    if ticket.until is not None:
        lines.append(tr.text("Until: {moment}", moment=tr.timestamp(ticket.until, profile.timezone)))
    return lines + reason(tr, profile, ticket)


def question(
    tr: Translator,
    profile: Profile,
    ticket: Ticket,
    closes_at: datetime | None = None,
    *,
    may_answer: bool = True,
) -> SendMessage:
    """Ask whether the problem is solved, or whether the refusal is accepted.

    `closes_at` reminds of the close by silence. Who may not answer is told only what was decided.
    """
    if ticket.state == State.REFUSED:
        lines = [_refused(tr, profile, ticket), *reason(tr, profile, ticket), Markup()]
        ask = tr.text("Do you accept this? If not, tell us why, and we will look into it again.")
        yes, no = words.ACCEPT, words.OBJECT
    else:
        lines = [_resolved(tr, profile, ticket), Markup()]
        ask = tr.text("Is the problem solved?")
        yes, no = words.SOLVED, words.NOT_SOLVED
    if not may_answer:
        return view(Markup("\n").join(lines[:-1]))
    if closes_at is not None:
        moment, zone = promises.in_words(tr, profile, closes_at)
        lines.append(_closes(tr, profile, moment, zone))
    lines.append(ask)
    keyboard = rows(
        [
            button(tr.plain(yes), SolvedButton(yes=True, number=ticket.number)),
            button(tr.plain(no), SolvedButton(yes=False, number=ticket.number)),
        ]
    )
    return view(Markup("\n").join(lines), keyboard)


def _resolved(tr: Translator, profile: Profile, ticket: Ticket) -> Markup:
    if profile.is_talk:
        return tr.text(
            "The specialist considers your question answered: <b>{subject}</b>.", subject=ticket.subject
        )
    return tr.text(
        "The specialist considers request #{number} resolved: <b>{subject}</b>.",
        number=ticket.number,
        subject=ticket.subject,
    )


def _refused(tr: Translator, profile: Profile, ticket: Ticket) -> Markup:
    if profile.is_talk:
        return tr.text("We cannot help with your question: <b>{subject}</b>.", subject=ticket.subject)
    return tr.text(
        "Request #{number} has been refused: <b>{subject}</b>.", number=ticket.number, subject=ticket.subject
    )


def _closes(tr: Translator, profile: Profile, moment: str, zone: str) -> Markup:
    if profile.is_talk:
        return tr.text(
            "Without an answer this conversation will be closed on <b>{moment}</b> ({zone}).",
            moment=moment,
            zone=zone,
        )
    return tr.text(
        "Without an answer the request will be closed on <b>{moment}</b> ({zone}).", moment=moment, zone=zone
    )
