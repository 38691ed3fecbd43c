"""What happened to a ticket, told in a sentence for a journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.journal import (
    ASKED_MARK,
    ASSIGNED,
    BOOKED,
    BREACHED,
    CLOSING,
    DEADLINE,
    ERASED,
    OPENED,
    PRIORITY,
    RATED,
    REMINDED,
    RETYPED,
    TRANSFERRED,
)
from desk.lifecycle import Action
from desk.profile import Profile
from locales import Translator
from storage.recorded import Event

# What a message says by itself.
_SAID = frozenset({Action.ANSWER, Action.CUSTOMER_MESSAGE})


def told(event: Event, profile: Profile, tr: Translator) -> str | None:
    """A sentence about an entry; None where a message tells it already."""
    data = event.data
    if event.event in _SAID:
        return None
    match event.event:
        case _ if event.event == OPENED:
            return tr.plain("Passed to the support team.")
        case Action.RELEASE:
            return tr.plain("Given back to the team.")
        case Action.WAIT:
            return tr.plain("Waiting for the customer.")
        case Action.RESUME:
            return tr.plain("Work goes on.")
        case Action.RESOLVE:
            return tr.plain("Resolved; the customer is asked.")
        case Action.CONFIRM:
            return tr.plain("The customer has confirmed: solved.")
        case Action.OBJECT:
            return tr.plain("The customer objects: not solved.")
        case Action.EXPIRE:
            return tr.plain("Closed: the customer has not objected.")
        case Action.REOPEN:
            return tr.plain("Opened again.")
        case Action.TAKE:
            return tr.plain("Responsible: {name}.", name=event.name or "—")
        case Action.POSTPONE:
            return _with_reason(tr.plain("Postponed."), data, profile, tr)
        case Action.REFUSE:
            return _with_reason(tr.plain("Refused."), data, profile, tr)
        case _ if event.event == ASSIGNED:
            return tr.plain("Responsible: {name}.", name=data.get("name") or "—")
        case _ if event.event == TRANSFERRED:
            department = profile.department(data.get("new"))
            label = "—" if department is None else department.label.in_language(tr.language)
            return tr.plain("Moved to the department “{department}”.", department=label)
        case "split":
            return tr.plain("Split: ticket #{number} was opened.", number=data.get("into", "—"))
        case "split_off":
            return tr.plain("Split off ticket #{number}.", number=data.get("from", "—"))
        case "ban":
            return tr.plain("The customer was banned: {reason}", reason=data.get("why") or "—")
        case "unban":
            return tr.plain("The ban of the customer was lifted.")
        case _ if event.event == ERASED:
            return tr.plain("What is personal was erased.")
        case Action.CLOSE if event.actor == "customer":
            return tr.plain("Closed by the customer.")
        case Action.CLOSE:
            return tr.plain("Closed.")
        case _ if event.event == PRIORITY:
            return tr.plain("Priority: {priority}.", priority=_priority(data.get("new"), profile, tr))
        case _ if event.event == RETYPED:
            kind = profile.type_label(data.get("new"), tr.language)
            return tr.plain("Type: {type}.", type=kind or "—")
        case _ if event.event == DEADLINE:
            return tr.plain("New deadline: {moment}.", moment=_moment(data, profile, tr))
        case _ if event.event == REMINDED:
            return tr.plain("Reminded of the deadline: {moment}.", moment=_moment(data, profile, tr))
        case _ if event.event == BREACHED:
            return tr.plain("Deadline missed: {moment}.", moment=_moment(data, profile, tr))
        case _ if event.event == CLOSING:
            return tr.plain("The customer is asked once more: solved?")
        case _ if event.event == RATED and data.get("comment"):
            return tr.plain("The customer adds a comment to the stars.")
        case _ if event.event == RATED:
            return tr.plain("The customer gives stars: {stars}.", stars=data.get("stars", "—"))
        case "mark":
            return tr.plain("Mark set: {mark}.", mark=_mark(data, profile, tr))
        case "unmark":
            return tr.plain("Mark removed: {mark}.", mark=_mark(data, profile, tr))
        case _ if event.event == ASKED_MARK:
            return tr.plain("The customer asks to be confirmed: {mark}.", mark=_mark(data, profile, tr))
        case _ if event.event == BOOKED:
            return tr.plain(
                "Time booked for an answer: {length}.", length=tr.duration(timedelta(minutes=data["minutes"]))
            )
    # Of a later version, or of a profile that has changed: better as it stands than left out.
    return f"{event.event} {json.dumps(data, ensure_ascii=False)}" if data else event.event


def _priority(key: str | None, profile: Profile, tr: Translator) -> str:
    known = profile.priority(key)
    return key or "—" if known is None else known.label.in_language(tr.language)


def _moment(data: Mapping[str, Any], profile: Profile, tr: Translator) -> str:
    return tr.timestamp(datetime.fromisoformat(data["due"]), profile.timezone)


def _mark(data: Mapping[str, Any], profile: Profile, tr: Translator) -> str:
    known = profile.find_mark(data["mark"])
    return data["mark"] if known is None else known.label.in_language(tr.language)


def _with_reason(sentence: str, data: Mapping[str, Any], profile: Profile, tr: Translator) -> str:
    key, until = data.get("reason"), data.get("until")
    known = profile.find_reason(key)
    label = key if known is None else known.label.in_language(tr.language)
    sentences = [sentence]
    if label is not None:
        sentences.append(tr.plain("Reason: {reason}.", reason=label))
    if until is not None:
        moment = tr.timestamp(datetime.fromisoformat(until), profile.timezone)
        sentences.append(tr.plain("Until {moment}.", moment=moment))
    return " ".join(sentences)
