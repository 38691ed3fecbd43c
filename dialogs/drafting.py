"""What becomes of a draft as it is answered: it begins, moves on from step to step, and ends."""

from __future__ import annotations

from desk.fields import SerialField, TextField
from dialogs.form import DUPLICATE
from dialogs.reply import Talk
from storage import customers, drafts, messages, timers
from storage.rows import Draft
from storage.transaction import Transaction

DRAFT_TIMER = "draft"


async def begin(talk: Talk) -> Draft:
    """A new draft, with what its customer was asked once before, and what was kept as its description."""
    draft = await _with_known(talk, await drafts.begin(talk.tx, talk.customer.id))
    kept = await messages.kept(talk.tx, talk.customer.id)
    await messages.change(talk.tx, [message.id for message in kept], draft_id=draft.id, opening=True)
    return await described(talk, draft) if any(message.text for message in kept) else draft


async def _with_known(talk: Talk, draft: Draft) -> Draft:
    once = talk.desk.profile.asked_once
    if not once:
        return draft
    known = await customers.known(talk.tx, talk.customer.id, once)
    return await drafts.change(
        talk.tx,
        draft,
        answers={key: value for key, value in known.items() if value},
        passed=[key for key, value in known.items() if not value],
    )


async def described(talk: Talk, draft: Draft) -> Draft:
    """The draft with what was written before anything was asked as its description."""
    described = [
        field.key
        for field in talk.desk.profile.form
        if isinstance(field, TextField) and field.role == "description" and field.key not in draft.passed
    ]
    return await drafts.change(talk.tx, draft, passed=[*draft.passed, *described])


async def touch(talk: Talk, draft: Draft) -> None:
    """Somebody works at the draft: it lives as long again."""
    due_at = talk.tx.now + talk.desk.profile.draft_life
    await timers.put(talk.tx, DRAFT_TIMER, draft.customer_id, due_at)


async def answer(talk: Talk, draft: Draft, key: str, value: str) -> Draft:
    """The draft with that answer to step `key`."""
    of_device = any(field.key == key and isinstance(field, SerialField) for field in talk.desk.profile.form)
    if of_device and draft.answers.get(key) != value:
        # Of another device there may be another open ticket.
        passed = [step for step in draft.passed if step != DUPLICATE]
        draft = await drafts.change(talk.tx, draft, passed=passed)
    return await move_on(talk, draft, key, draft.answers | {key: value})


async def move_on(talk: Talk, draft: Draft, key: str, answers: dict[str, str]) -> Draft:
    """The draft after step `key`, with these answers: it goes on with the first that is missing."""
    passed = draft.passed if key in draft.passed else [*draft.passed, key]
    return await drafts.change(talk.tx, draft, answers=answers, passed=passed, step=None, editing=False)


async def discard(tx: Transaction, draft: Draft) -> None:
    """The draft goes with all that was gathered for it."""
    gathered = await messages.of_draft(tx, draft.id)
    await messages.remove(tx, [message.id for message in gathered])
    await end(tx, draft)


async def end(tx: Transaction, draft: Draft) -> None:
    """The draft goes; what was gathered for it has another place by now."""
    await drafts.discard(tx, draft)
    await timers.cancel(tx, DRAFT_TIMER, draft.customer_id)
