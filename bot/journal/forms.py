"""What a journal's table says: the columns, and the rows of one ticket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.journal.period import Period
from bot.journal.tables import Cell
from bot.journal.words import told
from desk.answers import shown_answer
from desk.booking import booked
from desk.fields import (
    AttachmentsField,
    CompanyField,
    ContractField,
    EmailField,
    Field,
    PersonField,
    PhoneField,
    TextField,
)
from desk.journal import ASKED_MARK, BOOKED, BREACHED, CLOSING, ERASED, OPENED, RATED, REMINDED, Entry
from desk.lifecycle import Action, State
from desk.profile import Profile
from dialogs.words import STATE_NAMES
from locales import Translator, mark
from storage.recorded import Event, Recorded, Said

_CHANGES_STATE = frozenset({OPENED, *Action})
# What only the desk itself has to know.
_OF_AGENTS = frozenset(
    {ASKED_MARK, BOOKED, BREACHED, CLOSING, ERASED, RATED, REMINDED, "mark", "unmark", "ban", "unban"}
)
# What a customer reads as "waiting for your answer" is no answer of the agent's.
_STATE_NAMES = STATE_NAMES | {State.WAITING: mark("waiting for the customer")}
_BY = {
    "customer": mark("customer"),
    "agent": mark("agent"),
    "note": mark("note"),
    "bot": mark("bot"),
    "timer": mark("timer"),
}


class Form(Protocol):
    """How a journal is written."""

    @property
    def header(self) -> Sequence[Cell]:
        """The names of the columns."""

    def rows(self, recorded: Recorded, period: Period) -> Iterator[Sequence[Cell]]:
        """A row for everything that happened to a ticket within the period, in order."""


class SaveitForm:
    """The form of a support regulation: appendix 1 of SaveIT's, to the letter, whatever the desk.

    What is of the ticket itself stands in its first row. A row says whether the ticket was open then, and
    what was done, after the date and a backslash. Notes stay with the agents.
    """

    def __init__(self, profile: Profile, tr: Translator) -> None:
        self._profile = profile
        self._tr = tr

    @property
    def header(self) -> Sequence[Cell]:
        """The names of the columns."""
        tr = self._tr
        return (
            tr.plain("Priority"),
            tr.plain("Organisation"),
            tr.plain("Text of the request"),
            tr.plain("Status of the request"),
            tr.plain("Contacts"),
            tr.plain("Date\\Course of the solution"),
        )

    def rows(self, recorded: Recorded, period: Period) -> Iterator[Sequence[Cell]]:
        """The rows of a ticket."""
        opened, closed = self._tr.plain("Open"), self._tr.plain("Closed")
        status = opened
        opening = [step.text for step in recorded.steps if isinstance(step, Said) and step.opening]
        of_ticket: Sequence[Cell] = (
            self._priority(recorded.ticket.priority),
            self._answer(recorded, CompanyField),
            "\n".join(text for text in opening if text) or recorded.ticket.subject,
        )
        contacts = self._contacts(recorded)
        for step in recorded.steps:
            if isinstance(step, Event) and step.event in _CHANGES_STATE:
                status = closed if step.data.get("to") == State.CLOSED else opened
            said = self._said(step)
            if said is None or not period.has(step.at):
                continue
            at = step.at.astimezone(self._profile.timezone)
            yield (*of_ticket, status, contacts, f"{at:%d.%m.%y %H:%M} \\ {said}")
            of_ticket, contacts = ("", "", ""), ""

    def _said(self, step: Event | Said) -> str | None:
        if isinstance(step, Event):
            return None if step.event in _OF_AGENTS else told(step, self._profile, self._tr)
        if step.opening or step.author == "note":
            return None
        text = _spoken(step, self._tr)
        return text if step.author == "agent" else self._tr.plain("Customer: {text}", text=text)

    def _priority(self, key: str | None) -> str:
        known = self._profile.priority(key)
        return key or "" if known is None else known.label.in_language(self._tr.language)

    def _contacts(self, recorded: Recorded) -> str:
        person = self._answer(recorded, PersonField) or recorded.customer
        lines = (
            person,
            self._answer(recorded, TextField, "position"),
            self._answer(recorded, PhoneField),
            self._answer(recorded, EmailField),
            self._answer(recorded, ContractField),
        )
        return "\n".join(f"{number}. {line}".rstrip() for number, line in enumerate(lines, 1))

    def _answer(self, recorded: Recorded, kind: type[Field], role: str | None = None) -> str:
        """The ticket's answer to the form's first question of that kind."""
        for field in self._profile.form:
            if isinstance(field, kind) and getattr(field, "role", None) == role:
                value = recorded.ticket.answers.get(field.key)
                if value:
                    return shown_answer(field, value, self._tr.language)
        return ""


class FullForm:
    """Everything: a row for each entry of the journal, each message and each note, with its ticket's data."""

    def __init__(self, profile: Profile, tr: Translator) -> None:
        self._profile = profile
        self._tr = tr

    @property
    def header(self) -> Sequence[Cell]:
        """The names of the columns."""
        tr = self._tr
        names = [
            tr.plain("Number"),
            tr.plain("Opened"),
            tr.plain("Type"),
            tr.plain("Subject"),
            tr.plain("Serial number"),
            tr.plain("Priority"),
            tr.plain("State"),
            tr.plain("Customer"),
            tr.plain("Agent"),
            tr.plain("Moment"),
            tr.plain("By"),
            tr.plain("Name"),
            tr.plain("What happened"),
            tr.plain("Files"),
        ]
        if self._profile.reply_minutes is not None:
            names.append(tr.plain("Booked, minutes"))
        return names

    def rows(self, recorded: Recorded, period: Period) -> Iterator[Sequence[Cell]]:
        """The rows of a ticket."""
        ticket, tr, profile = recorded.ticket, self._tr, self._profile
        priority = profile.priority(ticket.priority)
        of_ticket: Sequence[Cell] = (
            ticket.number,
            self._moment(ticket.opened_at),
            profile.type_label(ticket.type, tr.language) or "",
            ticket.subject,
            ticket.serial or "",
            ticket.priority or "" if priority is None else priority.label.in_language(tr.language),
            tr.plain(_STATE_NAMES[State(ticket.state)]),
            recorded.customer,
            ticket.assignee_name or "",
        )
        minutes = self._minutes(recorded)
        for step in recorded.steps:
            if not period.has(step.at):
                continue
            text = self._told(step, recorded)
            if text is None:
                continue
            by = step.actor if isinstance(step, Event) else step.author
            files = ", ".join(step.files) if isinstance(step, Said) else ""
            of_step: list[Cell] = [self._moment(step.at), tr.plain(_BY[by]), step.name or "", text, files]
            if profile.reply_minutes is not None:
                of_step.append(minutes.get(step.id, "") if isinstance(step, Said) else "")
            yield (*of_ticket, *of_step)

    def _told(self, step: Event | Said, recorded: Recorded) -> str | None:
        if isinstance(step, Said):
            return _spoken(step, self._tr)
        sentence = told(step, self._profile, self._tr)
        if step.event != OPENED or sentence is None:
            return sentence
        return "\n".join([sentence, *self._answers(recorded)])

    def _answers(self, recorded: Recorded) -> Iterator[str]:
        language = self._tr.language
        for field in self._profile.form:
            value = recorded.ticket.answers.get(field.key)
            if value and not isinstance(field, AttachmentsField):
                yield f"{field.label.in_language(language)}: {shown_answer(field, value, language)}"

    def _minutes(self, recorded: Recorded) -> dict[int, int]:
        least = self._profile.reply_minutes
        if least is None:
            return {}
        said = [step for step in recorded.steps if isinstance(step, Said)]
        replies = [each.id for each in said if each.author == "agent" and not each.is_taken_back]
        events = [step for step in recorded.steps if isinstance(step, Event)]
        return dict(
            booked(least, replies, [Entry(each.at, each.event, "agent", each.data) for each in events])
        )

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._profile.timezone):%Y-%m-%d %H:%M:%S}"


def _spoken(said: Said, tr: Translator) -> str:
    """What somebody wrote; of what has no words, the kind."""
    parts = [said.text] if said.text else []
    if not parts and not said.files:
        parts = [f"[{said.kind}]"]
    if said.files and not said.text:
        parts.append(tr.plural_plain("[{n} file]", "[{n} files]", len(said.files)))
    if said.is_taken_back:
        parts.append(tr.plain("(taken back)"))
    return " ".join(parts)
