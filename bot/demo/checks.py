"""What has to be true when the story is over: everything that was sent stands on the other side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.demo.case import Case, same
from bot.demo.stage import STAFF_LANGUAGE, Stage
from desk.lifecycle import State
from dialogs.words import OWN_LANGUAGE_NAMES, STATE_NAMES
from locales import Language, translator
from playground import Call, SeenMessage

_DELIVERED, _NOTED = "👌", "✍"
# English that gives itself away; none of these is a Latvian word, and all others are made of Latin letters.
_ENGLISH = re.compile(r"\b(the|your|you|and|are|is|of|please|request|this|what|with)\b", re.IGNORECASE)
_CYRILLIC_WORD = re.compile("[а-яё]+", re.IGNORECASE)
# Names, commands and addresses stay as they are in every language.
_NAMES = re.compile(r"Vendotek|[/@#]\w+")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that has to be so; `problem` says what is not, or is None."""

    what: str
    problem: str | None = None


def check_all(stage: Stage, played: Sequence[Case]) -> list[Check]:
    """All checks, each case's and then those of the whole."""
    checks: list[Check] = []
    for case in played:
        checks += _case(stage, case)
    notes = [note for case in played for note in case.notes]
    return [
        *checks,
        Check("no note crossed, and each carries its ✍", _notes(stage, notes)),
        Check("no call was refused by Telegram", _refused(stage.playground.calls)),
    ]


def _case(stage: Stage, case: Case) -> Iterable[Check]:
    customer, agent = case.customer.name, case.agent.name
    yield Check(
        f"{customer}: the thread #{case.number or '?'} shows subject, serial number and description",
        _card(case),
    )
    yield Check(
        f"{customer} → {agent}: {_counted(case.opening)} with the request, whole and in order, once",
        _crossed(stage, case.opening, case.topic.messages if case.topic else []) or _albums(case),
    )
    yield Check(
        f"{customer} → {agent}: {_counted(case.later)} later, in order, once",
        _crossed(stage, case.later, case.topic.messages if case.topic else []),
    )
    yield Check(
        f"{agent} → {customer}: {_counted(case.answers)}, in order, once",
        _crossed(stage, case.answers, case.customer.chat.messages),
    )
    yield Check(f"{agent}: every answer is marked, and only after it was delivered", _marks(stage, case))
    names = ", ".join(language for _, language in case.languages)
    yield Check(f"{customer}: the bot spoke the language chosen ({names})", _languages(stage, case))
    yield Check(f"{customer}: the request is closed, for the customer and in the group", _closed(case))


def _counted(sent: Sequence[SeenMessage]) -> str:
    return "1 message" if len(sent) == 1 else f"{len(sent)} messages"


def _card(case: Case) -> str | None:
    card, topic = case.card, case.topic
    if card is None or topic is None or case.description is None:
        return "there is no card"
    for words in (case.subject, case.serial, case.description.text or ""):
        if words not in (card.text or ""):
            return f"“{words}” is missing on the card"
    return None if case.serial in topic.name else f"the thread is called “{topic.name}”"


def _crossed(stage: Stage, sent: Sequence[SeenMessage], there: Sequence[SeenMessage]) -> str | None:
    """What is wrong with how `sent` stands among the messages `there`."""
    if not sent:
        return "nothing was sent"
    shown = [m for m in there if m.sender is stage.bot and any(same(s, m) for s in sent)]
    for message in sent:
        copies = sum(same(message, copy) for copy in shown)
        if copies != 1:
            words = message.text or f"[{message.kind}]"
            return f"“{words}” " + ("is missing" if not copies else f"stands there {copies} times")
    in_order = all(same(message, copy) for message, copy in zip(sent, shown, strict=True))
    return None if in_order else "the order is another"


def _albums(case: Case) -> str | None:
    """What was sent as one album stands there as one."""
    together: dict[str, set[str | None]] = {}
    for message in case.opening:
        if message.album is not None:
            copies = [m for m in case.thread.messages if same(message, m)]
            together.setdefault(message.album, set()).update(copy.album for copy in copies)
    whole = all(len(albums) == 1 and None not in albums for albums in together.values())
    return None if whole else "an album fell apart"


def _marks(stage: Stage, case: Case) -> str | None:
    for answer in case.answers:
        problem = _mark(stage, case, answer)
        if problem is not None:
            return f"“{answer.text or answer.kind}” {problem}"
    return None


def _mark(stage: Stage, case: Case, answer: SeenMessage) -> str | None:
    copy = next((m for m in case.customer.chat.messages if same(answer, m)), None)
    if copy is None:
        return "is marked, and is not there" if stage.bot in answer.reactions else "is not there"
    # The customer's own reaction takes the place of the bot's mark.
    expected = copy.reactions.get(case.customer.person, _DELIVERED)
    mark = answer.reactions.get(stage.bot)
    if mark != expected:
        return f"is marked {mark}" if mark else "is not marked"
    calls = stage.playground.calls
    delivered = _first(calls, lambda call: _made(call, copy))
    marked = _first(calls, lambda call: _marked(call, answer))
    if delivered is None or marked is None or marked < delivered:
        return "was marked before it was delivered"
    return None


def _first(calls: Sequence[Call], fits: Callable[[Call], bool]) -> int | None:
    """The place of the first call that took effect and fits."""
    return next((at for at, call in enumerate(calls) if call.applied and fits(call)), None)


def _made(call: Call, copy: SeenMessage) -> bool:
    results = call.result if isinstance(call.result, list) else [call.result]
    ids = [result.get("message_id") for result in results if isinstance(result, dict)]
    return call.chat_id == copy.chat.id and call.method.startswith("send") and copy.id in ids


def _marked(call: Call, message: SeenMessage) -> bool:
    return (
        call.method == "setMessageReaction"
        and call.chat_id == message.chat.id
        and str(call.param("message_id")) == str(message.id)
    )


def _notes(stage: Stage, notes: Sequence[SeenMessage]) -> str | None:
    if not notes:
        return "no note was written"
    outside = [m for chat in stage.bot.private_chats.values() for m in chat.messages]
    for note in notes:
        inner = (note.text or "").split(maxsplit=1)[-1]
        if any(inner in (message.text or "") for message in outside):
            return f"a customer reads “{inner}”"
        if note.reactions.get(stage.bot) != _NOTED:
            return f"“{inner}” has no {_NOTED}"
    return None


def _refused(calls: Sequence[Call]) -> str | None:
    refused = [f"{call.method}: {call.description}" for call in calls if call.error_code is not None]
    return "; ".join(refused[:3]) or None


def _languages(stage: Stage, case: Case) -> str | None:
    for message in case.customer.chat.messages:
        language = next((each for above, each in reversed(case.languages) if message.id > above), None)
        if message.sender is not stage.bot or language is None:
            continue
        labels = {label for row in message.buttons for label in row}
        if labels & set(OWN_LANGUAGE_NAMES.values()) or any(same(sent, message) for sent in case.answers):
            # The choice of language speaks all of them, and an answer is a person's words.
            continue
        foreign = _foreign(_own_words(message, case), language)
        if foreign is not None:
            return f"“{foreign}” in “{(message.text or '')[:40]}…” is not in “{language}”"
    return None if case.languages else "no language was chosen"


def _own_words(message: SeenMessage, case: Case) -> str:
    """The bot's own words: without names, and without what people typed."""
    labels = [label for row in message.buttons for label in row]
    words = "\n".join([message.text or "", *labels])
    people = [m for m in case.customer.chat.messages if m.sender is case.customer.person] + case.answers
    typed = [message.text or "" for message in people]
    for text in sorted(typed, key=len, reverse=True):
        words = words.replace(text, "") if text else words
    return _NAMES.sub("", words)


def _foreign(words: str, language: Language) -> str | None:
    """A word that does not belong into a text of this language."""
    strange = {"ru": re.compile("[a-z]{2,}", re.IGNORECASE), "lv": _CYRILLIC_WORD, "en": _CYRILLIC_WORD}
    found = strange[language].search(words) or (_ENGLISH.search(words) if language == "lv" else None)
    return found[0] if found else None


def _closed(case: Case) -> str | None:
    if case.topic is None or not case.topic.closed:
        return "the thread is open"
    state = translator(STAFF_LANGUAGE).plain(STATE_NAMES[State.CLOSED])
    if state not in (case.card.text or "" if case.card else ""):
        return f"the card does not say “{state}”"
    return None
