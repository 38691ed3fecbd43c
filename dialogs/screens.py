"""The screens of the intake: what each step looks like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from markupsafe import Markup

from desk.fields import AttachmentsField, Field, SerialField, TextField
from dialogs import words
from dialogs.buttons import FaqButton, FormButton, RequestButton, button, rows
from dialogs.description import excerpt
from dialogs.form import ADVICE, DUPLICATE, REVIEW, Step
from dialogs.reply import Talk, view
from locales import mark
from storage.rows import Draft, StoredMessage, Ticket

# While files keep coming, the count is shown when they pause.
_COUNT_DELAY = timedelta(seconds=1)
_SHOWN_IN_REVIEW = 700

CONTINUE = mark("Continue")
YES = mark("Yes")
NO = mark("No")
DISCARD = mark("Discard the draft")
NEW_ANYWAY = mark("New request anyway")


def _act(draft: Draft, act: str, step: str, text: str, value: str = "") -> InlineKeyboardButton:
    return button(text, FormButton(act=act, draft=draft.id, step=step, value=value))


def _ways_out(talk: Talk, draft: Draft, step: str) -> list[InlineKeyboardButton]:
    return [
        _act(draft, "back", step, talk.tr.plain(words.BACK)),
        _act(draft, "cancel", step, talk.tr.plain(words.CANCEL)),
    ]


async def before_form(talk: Talk, draft: Draft, step: Step) -> None:
    """A gate, or the advice to look at the FAQ first."""
    tr, profile = talk.tr, talk.desk.profile
    if step.gate is not None:
        keyboard = rows(
            [
                _act(draft, "yes", step.key, tr.plain(YES)),
                _act(draft, "no", step.key, tr.plain(NO)),
            ],
            _ways_out(talk, draft, step.key),
        )
        await talk.show(_key(draft, step), _plain(step.gate.question.in_language(tr.language)), keyboard)
        return
    assert step.key == ADVICE
    assert profile.advice is not None
    faq = [button(tr.plain(words.FAQ), FaqButton())] if profile.faq else []
    keyboard = rows(
        [*faq, _act(draft, "pass", step.key, tr.plain(CONTINUE))], _ways_out(talk, draft, step.key)
    )
    await talk.show(_key(draft, step), _plain(profile.advice.in_language(tr.language)), keyboard)


async def gate_notice(talk: Talk, draft: Draft, step: Step) -> None:
    """What a gate says to those who answered yes; most may go on all the same."""
    assert step.gate is not None
    tr = talk.tr
    onward = [] if step.gate.blocks else [_act(draft, "pass", step.key, tr.plain(CONTINUE))]
    keyboard = rows(onward, _ways_out(talk, draft, step.key))
    await talk.show(_key(draft, step), _plain(step.gate.notice.in_language(tr.language)), keyboard)


def _key(draft: Draft, step: Step) -> str:
    return f"{step.key}:{draft.id}"


def _plain(text: str) -> Markup:
    """A text of the profile, which knows no markup."""
    return Markup("{}").format(text)


def _field_lines(talk: Talk, draft: Draft, field: Field) -> list[Markup]:
    tr = talk.tr
    language = tr.language
    lines = [_plain(field.question.in_language(language))]
    if isinstance(field, SerialField):
        lines.append(_plain(field.where.in_language(language)))
    if isinstance(field, TextField):
        if field.hint is not None:
            lines.append(_plain(field.hint.in_language(language)))
        if field.example is not None:
            lines.append(
                tr.text("For example: <i>{example}</i>", example=field.example.in_language(language))
            )
    if value := draft.answers.get(field.key):
        lines.append(tr.text("Your answer so far: <b>{value}</b>", value=excerpt(value, _SHOWN_IN_REVIEW)))
    return lines


async def ask(
    talk: Talk, draft: Draft, step: Step, *, offers: Sequence[str], count: int, problem: Markup | None
) -> None:
    """Ask for a field."""
    field = step.field
    assert field is not None
    await talk.show(
        _key(draft, step),
        _question(talk, draft, step, count, problem),
        _question_keyboard(talk, draft, step, offers),
    )


def _question(talk: Talk, draft: Draft, step: Step, count: int, problem: Markup | None) -> Markup:
    field = step.field
    assert field is not None
    tr = talk.tr
    total = talk.desk.form.count
    progress = tr.text("<b>Step {step} of {total}</b>", step=step.place, total=total)
    paragraphs = [progress, *_field_lines(talk, draft, field)]
    if isinstance(field, AttachmentsField):
        if count:
            paragraphs.append(
                tr.plural("<b>{n} attachment</b> so far.", "<b>{n} attachments</b> so far.", count)
            )
        done = tr.plain(words.DONE)
        paragraphs.append(
            tr.text("Send them one by one or together, and press “{done}” when that is all.", done=done)
        )
    if problem is not None:
        paragraphs.insert(0, Markup("⚠️ {}").format(problem))
    return Markup("\n\n").join(paragraphs)


def _question_keyboard(talk: Talk, draft: Draft, step: Step, offers: Sequence[str]) -> InlineKeyboardMarkup:
    field = step.field
    assert field is not None
    tr = talk.tr
    offered = [[_act(draft, "use", step.key, value, value)] for value in offers]
    onward: list[InlineKeyboardButton] = []
    if isinstance(field, AttachmentsField):
        onward.append(_act(draft, "pass", step.key, tr.plain(words.DONE)))
    elif not draft.editing and (field.key in draft.answers or field.key in draft.passed):
        onward.append(_act(draft, "keep", step.key, tr.plain(CONTINUE)))
    if not field.required and not isinstance(field, AttachmentsField):
        onward.append(_act(draft, "pass", step.key, tr.plain(words.SKIP)))
    return rows(*offered, onward, _ways_out(talk, draft, step.key))


async def show_count(talk: Talk, draft: Draft, step: Step, count: int, problem: Markup | None = None) -> None:
    """The running count of attachments: one message that moves along, not one for each file."""
    await talk.outbox.show(
        talk.customer.id,
        view(_question(talk, draft, step, count, problem), _question_keyboard(talk, draft, step, ())),
        _key(draft, step),
        # It has to stand below the files, so it is sent anew and the one above them goes.
        moves=True,
        due_at=talk.tx.now + _COUNT_DELAY,
    )


def _within(label: str) -> str:
    """A label inside a line: small at the beginning, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


async def review(
    talk: Talk, draft: Draft, gathered: Sequence[StoredMessage], problem: Markup | None = None
) -> None:
    """Everything the draft has, each line with a way to change it."""
    tr, profile = talk.tr, talk.desk.profile
    lines = [tr.text("<b>Please check your request</b>")]
    edits = []
    texts = [message.text for message in gathered if message.text]
    count = sum(len(message.attachments) for message in gathered)
    for field in profile.form:
        label = field.label.in_language(tr.language)
        if isinstance(field, AttachmentsField):
            shown = tr.plural_plain("{n} attachment", "{n} attachments", count) if count else "—"
        elif isinstance(field, TextField) and field.role == "description":
            shown = excerpt("\n\n".join(texts), _SHOWN_IN_REVIEW) or "—"
        else:
            shown = draft.answers.get(field.key) or "—"
        lines.append(Markup("<b>{}:</b> {}").format(label, shown))
        edits.append(_act(draft, "edit", REVIEW, f"{tr.plain(words.EDIT)}: {_within(label)}", field.key))
    lines += [_plain(notice.text.in_language(tr.language)) for notice in profile.notices_at("review")]
    if problem is not None:
        lines.insert(0, Markup("⚠️ {}").format(problem))
    keyboard = rows(
        [_act(draft, "submit", REVIEW, "✅ " + tr.plain(words.SUBMIT))],
        *([edit] for edit in edits),
        _ways_out(talk, draft, REVIEW),
    )
    await talk.show(f"{REVIEW}:{draft.id}", Markup("\n\n").join(lines), keyboard)


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
            _act(
                draft,
                "join",
                DUPLICATE,
                tr.plain("Write to #{number}", number=ticket.number),
                str(ticket.number),
            )
        ],
        [_act(draft, "pass", DUPLICATE, tr.plain(NEW_ANYWAY))],
        _ways_out(talk, draft, DUPLICATE),
    )
    await talk.show(f"{DUPLICATE}:{draft.id}", text, keyboard)


async def confirm_cancel(talk: Talk, draft: Draft) -> None:
    """Ask before something typed is thrown away."""
    tr = talk.tr
    keyboard = rows(
        [
            _act(draft, "discard", "cancel", tr.plain(DISCARD)),
            _act(draft, "resume", "cancel", tr.plain(words.BACK)),
        ]
    )
    await talk.show(f"cancel:{draft.id}", tr.text("Discard everything you have entered?"), keyboard)


async def opened(talk: Talk, ticket: Ticket) -> None:
    """The number, and by when the desk will answer. Owed: this is the promise."""
    tr = talk.tr
    zone = talk.desk.profile.timezone
    lines = [tr.text("Your request is registered: <b>#{number}</b>.", number=ticket.number)]
    if ticket.promised_at is not None:
        lines.append(
            tr.text(
                "We will answer by <b>{moment}</b> ({zone}).",
                moment=tr.moment(ticket.promised_at, zone),
                zone=tr.zone(zone, ticket.promised_at),
            )
        )
    lines.append(tr.text("Everything you write here now goes to the specialist."))
    keyboard = rows([button(tr.plain(words.MY_REQUESTS), RequestButton(act="list", number=0))])
    if talk.pressed is not None:
        await talk.show(f"opened:{ticket.number}", tr.text("Sent."))
    await talk.tell(Markup("\n").join(lines), keyboard)
