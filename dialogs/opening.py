"""A ticket is opened: out of a draft, or where customers only talk, by what they write."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from desk.answers import shown_answer
from desk.fields import TELEGRAM_TEXT_LIMIT, AttachmentsField, UrlField
from desk.journal import ASKED_MARK
from desk.types import Mark
from dialogs import consent
from dialogs.description import cut_answers, excerpt, fitting_on_card, room_on_card, units
from dialogs.life import Life
from dialogs.reply import Talk, view
from dialogs.standing import Standing
from locales import translator
from storage import customers, destinations, drafts, journal, messages, tickets
from storage.albums import album_groups
from storage.journal import Actor
from storage.rows import StoredMessage, Ticket

_TITLE_LENGTH = 120


async def open_ticket(talk: Talk, at: Standing) -> Ticket:
    """Open the ticket of a draft that has everything; what it gathered becomes the ticket's."""
    await _remember(talk, at)
    answers = at.answers
    ticket = await Life(talk.tx, talk.outbox, talk.desk).open(
        talk.customer,
        type=at.questions.type_key,
        subject=_subject(at),
        serial=at.questions.serial(answers),
        answers=answers,
    )
    await _tell_in_full(talk, ticket)
    await hand_over(talk, ticket, at.gathered)
    return ticket


async def ask_for(talk: Talk, mark: Mark) -> Ticket:
    """A customer asks agents to give them a mark: open a ticket for that."""
    label = mark.label.in_language(talk.tr.language)
    ticket = await Life(talk.tx, talk.outbox, talk.desk).open(
        talk.customer,
        subject=talk.tr.plain("Please confirm: {mark}", mark=label),
        serial=None,
        answers={},
    )
    actor = Actor("customer", talk.customer.id, talk.customer.name)
    await journal.note(talk.tx, ticket.number, actor, ASKED_MARK, {"mark": mark.key})
    return ticket


async def asked_for(talk: Talk, mark: Mark) -> Ticket | None:
    """The open ticket in which the customer asked for a mark, or None."""
    for ticket in await tickets.open_of(talk.tx, talk.customer.id):
        entries = await journal.entries(talk.tx, ticket.number)
        if any(each.event == ASKED_MARK and each.data.get("mark") == mark.key for each in entries):
            return ticket
    return None


async def converse(talk: Talk) -> None:
    """What waits for a place begins a conversation; without anything, tell how one begins.

    The customer is told first where a request is really made.
    """
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is not None:
        # Of the time when this desk had a form: what was written then is not lost.
        gathered = await messages.of_draft(talk.tx, draft.id)
        await messages.change(talk.tx, [each.id for each in gathered], draft_id=None, opening=False)
        await drafts.discard(talk.tx, draft)
    kept = await messages.kept(talk.tx, talk.customer.id)
    if kept and not talk.desk.profile.has_agreed(talk.customer.agreed_version):
        await consent.ask_in_talk(talk)
        return
    channel = talk.desk.profile.channel
    assert channel is not None, "the schema demands it"
    lines = [Markup("{}").format(channel.in_language(talk.tr.language))]
    if not kept:
        lines.append(talk.tr.text("To talk to our specialists, just write here."))
    else:
        life = Life(talk.tx, talk.outbox, talk.desk)
        ticket = await life.open(talk.customer, subject=title_of(kept), serial=None, answers={})
        await hand_over(talk, ticket, kept)
        lines.append(talk.tr.text("What you wrote has been passed on; a specialist will answer here."))
    await talk.tell(Markup("\n\n").join(lines))


async def _remember(talk: Talk, at: Standing) -> None:
    """Keep with the customer what is theirs rather than the ticket's."""
    answers = at.answers
    for field in at.questions.fields:
        if isinstance(field, AttachmentsField | UrlField) or not field.remember:
            continue
        value = answers.get(field.key, "")
        if value or field.once:
            await customers.remember(talk.tx, talk.customer.id, field.key, value)


def _subject(at: Standing) -> str:
    field = at.questions.subject
    if field is not None and (subject := at.answer(field)):
        return _as_title(subject)
    return title_of(at.gathered)


def title_of(gathered: Sequence[StoredMessage]) -> str:
    """A title for a ticket that nobody gave one: the first line of what was written."""
    first = next((message.text for message in gathered if message.text.strip()), "")
    return _as_title(excerpt(first.strip().split("\n", 1)[0], _TITLE_LENGTH))


def _as_title(text: str) -> str:
    """Titles stand in the middle of sentences, so they have no full stop; an ellipsis stays."""
    plain = text.rstrip()
    return (plain if plain.endswith("..") else plain.removesuffix(".")) or "—"


async def _tell_in_full(talk: Talk, ticket: Ticket) -> None:
    """Answers that the card has no room for follow it whole."""
    profile = talk.desk.profile
    tr = translator(talk.desk.staff_language)
    for field in cut_answers(profile, ticket):
        label = Markup("<b>{}:</b>").format(field.label.in_language(tr.language))
        value = shown_answer(field, ticket.answers[field.key], tr.language)
        parts = [Markup("{}\n{}").format(label, value)]
        if units(field.label.in_language(tr.language) + value) + 2 > TELEGRAM_TEXT_LIMIT:
            parts = [label, Markup("{}").format(value)]
        for part in parts:
            await talk.outbox.owe(destinations.thread(ticket.number), view(part), ticket_number=ticket.number)


async def hand_over(talk: Talk, ticket: Ticket, gathered: Sequence[StoredMessage]) -> None:
    """What was gathered becomes the ticket's: words on its card, files in few albums after it."""
    texts = [message for message in gathered if message.kind == "text"]
    on_card = fitting_on_card(texts, room_on_card(ticket, talk.customer))
    ids = [message.id for message in gathered]
    await messages.change(talk.tx, ids, ticket_number=ticket.number, draft_id=None, opening=True)
    await messages.change(talk.tx, [message.id for message in on_card], on_card=True)
    others = [message for message in gathered if message.kind != "text"]
    thread = destinations.thread(ticket.number)
    for message in texts[len(on_card) :]:
        await talk.outbox.relay(thread, message.id, ticket.number)
    for group in album_groups(others):
        first, *rest = (message.id for message in group)
        # An item may still be under way when Submit is pressed quickly.
        due_at = talk.tx.now + messages.ALBUM_DELAY if group[0].media_group_id else None
        await talk.outbox.relay(thread, first, ticket.number, due_at, also=rest)
