"""The screens of the intake: what each step looks like."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import (
    InlineKeyboardButton,
)
from markupsafe import Markup

from desk.answers import shown_answer
from desk.fields import (
    AttachmentsField,
    Field,
    TextField,
)
from dialogs import promises, words
from dialogs.buttons import FaqButton, FormButton, RequestButton, button, rows
from dialogs.description import fitted, room_for_each, units
from dialogs.form import ADVICE, DUPLICATE, END, NEEDS, REVIEW, TYPE, Step
from dialogs.reply import Talk
from dialogs.standing import Standing
from locales import mark
from storage.rows import Draft, Ticket

_SHOWN_IN_REVIEW = 700
# What a message may have, less what stands around answers in the review.
_REVIEW_ROOM = 3800

YES = mark("Yes")
NO = mark("No")
DISCARD = mark("Discard the draft")
NEW_ANYWAY = mark("New request anyway")
ASK_CONFIRMATION = mark("Ask for confirmation")


def form_button(draft: Draft, act: str, step: str, text: str, value: str = "") -> InlineKeyboardButton:
    return button(text, FormButton(act=act, draft=draft.id, step=step, value=value))


def ways_out(talk: Talk, draft: Draft, step: str) -> list[InlineKeyboardButton]:
    return [
        form_button(draft, "back", step, talk.tr.plain(words.BACK)),
        form_button(draft, "cancel", step, talk.tr.plain(words.CANCEL)),
    ]


def warned(paragraphs: Sequence[Markup], problem: Markup | None) -> Markup:
    """Paragraphs, with what was wrong on top."""
    top = [] if problem is None else [Markup("⚠️ {}").format(problem)]
    return Markup("\n\n").join([*top, *paragraphs])


async def choose_type(talk: Talk, at: Standing, problem: Markup | None) -> None:
    """Ask which type of ticket it is."""
    tr, profile, draft = talk.tr, talk.desk.profile, at.draft
    question = profile.type_question
    paragraphs = [
        tr.text("What is your request about?")
        if question is None
        else plain(question.in_language(tr.language))
    ]
    for each in profile.types:
        if each.about is not None:
            label, about = each.label.in_language(tr.language), each.about.in_language(tr.language)
            paragraphs.append(Markup("<b>{}</b>\n{}").format(label, about))
    choices = [
        [form_button(draft, "type", TYPE, each.label.in_language(tr.language), each.key)]
        for each in profile.types
    ]
    onward = []
    if draft.type is not None and not draft.editing and profile.find_type(draft.type) is not None:
        onward.append(form_button(draft, "keep", TYPE, tr.plain(words.CONTINUE)))
    await talk.show(
        screen_key(draft, at.step),
        warned(paragraphs, problem),
        rows(*choices, onward, ways_out(talk, draft, TYPE)),
    )


async def no_ticket(talk: Talk, at: Standing, problem: Markup | None) -> None:
    """The type that was chosen makes no ticket, at least not for this customer yet."""
    tr, draft, step = talk.tr, at.draft, at.step
    chosen = at.form.type_of(at.progress)
    assert chosen is not None
    paragraphs = [Markup("<b>{}</b>").format(chosen.label.in_language(tr.language))]
    onward = []
    if step.key == END:
        assert chosen.end is not None
        paragraphs.append(plain(chosen.end.in_language(tr.language)))
    else:
        needed = talk.desk.profile.find_mark(chosen.needs or "")
        assert needed is not None
        assert needed.how is not None
        paragraphs.append(plain(needed.how.in_language(tr.language)))
        paragraphs.append(
            tr.text(
                "What you have entered is kept: once a specialist has confirmed “{mark}”, "
                "you can go on here.",
                mark=needed.label.in_language(tr.language),
            )
        )
        onward.append(form_button(draft, "confirm", NEEDS, tr.plain(ASK_CONFIRMATION)))
        onward.append(form_button(draft, "keep", NEEDS, tr.plain(words.CONTINUE)))
    keyboard = rows(*([each] for each in onward), ways_out(talk, draft, step.key))
    await talk.show(screen_key(draft, step), warned(paragraphs, problem), keyboard)


async def before_form(talk: Talk, at: Standing, problem: Markup | None) -> None:
    """A gate, or what one has to know before the first question, with a way into the FAQ."""
    tr, profile, draft, step = talk.tr, talk.desk.profile, at.draft, at.step
    if step.gate is not None:
        keyboard = rows(
            [
                form_button(draft, "yes", step.key, tr.plain(YES)),
                form_button(draft, "no", step.key, tr.plain(NO)),
            ],
            ways_out(talk, draft, step.key),
        )
        question = plain(step.gate.question.in_language(tr.language))
        await talk.show(screen_key(draft, step), warned([question], problem), keyboard)
        return
    assert step.key.startswith(ADVICE)
    texts = [notice.text for notice in profile.notices_at("form", at.questions.type_key)]
    if profile.advice is not None:
        texts.insert(0, profile.advice)
    faq = [button(tr.plain(words.FAQ), FaqButton())] if profile.faq else []
    keyboard = rows(
        [*faq, form_button(draft, "pass", step.key, tr.plain(words.CONTINUE))],
        ways_out(talk, draft, step.key),
    )
    paragraphs = [plain(text.in_language(tr.language)) for text in texts]
    await talk.show(screen_key(draft, step), warned(paragraphs, problem), keyboard)


async def gate_notice(talk: Talk, at: Standing) -> None:
    """What a gate says to those who answered yes; most may go on all the same."""
    draft, step = at.draft, at.step
    assert step.gate is not None
    tr = talk.tr
    onward = [] if step.gate.blocks else [form_button(draft, "pass", step.key, tr.plain(words.CONTINUE))]
    keyboard = rows(onward, ways_out(talk, draft, step.key))
    await talk.show(screen_key(draft, step), plain(step.gate.notice.in_language(tr.language)), keyboard)


def screen_key(draft: Draft, step: Step) -> str:
    return f"{step.key}:{draft.id}"


def plain(text: str) -> Markup:
    """A text of the profile, which knows no markup."""
    return Markup("{}").format(text)


def _within(label: str) -> str:
    """A label inside a line: small at the beginning, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


async def review(talk: Talk, at: Standing, problem: Markup | None = None) -> None:
    """Everything the draft has, each line with a way to change it."""
    tr, profile, draft = talk.tr, talk.desk.profile, at.draft
    shown = [
        (field.label.in_language(tr.language), _reviewed(talk, at, field), field.key)
        for field in at.questions.fields
    ]
    chosen = at.form.type_of(at.progress)
    if chosen is not None and len(profile.types) > 1:
        shown.insert(0, (tr.plain(words.TYPE), chosen.label.in_language(tr.language), TYPE))
    notices = [
        plain(notice.text.in_language(tr.language))
        for notice in profile.notices_at("review", at.questions.type_key)
    ]
    taken = sum(units(label) + 4 for label, _, _ in shown) + sum(units(notice) + 2 for notice in notices)
    room = room_for_each([units(value) for _, value, _ in shown], _REVIEW_ROOM - taken, _SHOWN_IN_REVIEW)
    lines = [tr.text("<b>Please check your request</b>")]
    lines += [Markup("<b>{}:</b> {}").format(label, fitted(value, room)) for label, value, _ in shown]
    edits = [
        [form_button(draft, "edit", REVIEW, f"{tr.plain(words.EDIT)}: {_within(label)}", key)]
        for label, _, key in shown
    ]
    submit = [form_button(draft, "submit", REVIEW, "✅ " + tr.plain(words.SUBMIT))]
    keyboard = rows(submit, *edits, ways_out(talk, draft, REVIEW))
    await talk.show(f"{REVIEW}:{draft.id}", warned([*lines, *notices], problem), keyboard)


def _reviewed(talk: Talk, at: Standing, field: Field) -> str:
    """What the draft has for a field."""
    if isinstance(field, AttachmentsField):
        return talk.tr.plural_plain("{n} attachment", "{n} attachments", at.files) if at.files else "—"
    if isinstance(field, TextField) and field.role == "description":
        return "\n\n".join(message.text for message in at.gathered if message.text) or "—"
    value = at.answer(field)
    return shown_answer(field, value, talk.tr.language) if value else "—"


async def duplicate(talk: Talk, draft: Draft, ticket: Ticket) -> None:
    """There is an open ticket for that serial number: offer it before a second one."""
    tr = talk.tr
    text = tr.text(
        "You already have an open request for this device: <b>#{number}</b>, {subject}.\n\n"
        "If it is about the same problem, write to that request: we are already dealing with it, "
        "and a second one would not speed it up.",
        number=ticket.number,
        subject=ticket.subject,
    )
    keyboard = rows(
        [
            form_button(
                draft,
                "join",
                DUPLICATE,
                tr.plain("Write to #{number}", number=ticket.number),
                str(ticket.number),
            )
        ],
        [form_button(draft, "pass", DUPLICATE, tr.plain(NEW_ANYWAY))],
        ways_out(talk, draft, DUPLICATE),
    )
    await talk.show(f"{DUPLICATE}:{draft.id}", text, keyboard)


async def confirm_cancel(talk: Talk, draft: Draft) -> None:
    """Ask before something typed is thrown away."""
    tr = talk.tr
    keyboard = rows(
        [
            form_button(draft, "discard", "cancel", tr.plain(DISCARD)),
            form_button(draft, "resume", "cancel", tr.plain(words.BACK)),
        ]
    )
    await talk.show(f"cancel:{draft.id}", tr.text("Discard everything you have entered?"), keyboard)


async def opened(talk: Talk, ticket: Ticket) -> None:
    """The number, and by when the desk will answer. Owed: this is the promise."""
    tr, profile = talk.tr, talk.desk.profile
    lines = [tr.text("Your request is registered: <b>#{number}</b>.", number=ticket.number)]
    lines += promises.out_of_hours(tr, profile, talk.tx.now)
    found = await promises.clocks_of(talk.tx, profile, ticket.number)
    lines += promises.of_ticket(tr, profile, ticket, found)
    lines.append(tr.text("Everything you write here now goes to the specialist."))
    keyboard = rows([button(tr.plain(words.MY_REQUESTS), RequestButton(act="list", number=0))])
    if talk.pressed is not None:
        await talk.show(f"opened:{ticket.number}", tr.text("Sent."))
    await talk.tell(Markup("\n").join(lines), keyboard)
    notices = talk.desk.profile.notices_at("opened", ticket.type)
    if notices:
        await talk.tell(Markup("\n\n").join(plain(each.text.in_language(tr.language)) for each in notices))
