"""The screens of the intake: what each step looks like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from markupsafe import Markup

from desk.answers import shown_answer
from desk.fields import (
    AttachmentsField,
    CompanyField,
    Field,
    PhoneField,
    SerialField,
    TextField,
    UrlField,
)
from desk.files import FileVerdict
from dialogs import promises, words
from dialogs.buttons import FaqButton, FormButton, RequestButton, button, rows, token
from dialogs.description import excerpt, fitted, room_for_each, units
from dialogs.form import ADVICE, DUPLICATE, END, NEEDS, REVIEW, TYPE, Step
from dialogs.problems import family_name, formats_named, lacking_files
from dialogs.reply import Talk, view
from dialogs.standing import Standing
from locales import mark
from storage.rows import Draft, Ticket

# While files keep coming, the count is shown when they pause.
_COUNT_DELAY = timedelta(seconds=1)
_SHOWN_IN_REVIEW = 700
_SHOWN_IN_QUESTION = 300
_OFFER_LENGTH = 60
# What a message may have, less what stands around answers in the review.
_REVIEW_ROOM = 3800

YES = mark("Yes")
NO = mark("No")
DISCARD = mark("Discard the draft")
NEW_ANYWAY = mark("New request anyway")
SHARE_PHONE = mark("Share my phone number")
SHOW_WHERE = mark("Show where it is")


def _act(draft: Draft, act: str, step: str, text: str, value: str = "") -> InlineKeyboardButton:
    return button(text, FormButton(act=act, draft=draft.id, step=step, value=value))


def _ways_out(talk: Talk, draft: Draft, step: str) -> list[InlineKeyboardButton]:
    return [
        _act(draft, "back", step, talk.tr.plain(words.BACK)),
        _act(draft, "cancel", step, talk.tr.plain(words.CANCEL)),
    ]


def _warned(paragraphs: Sequence[Markup], problem: Markup | None) -> Markup:
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
        else _plain(question.in_language(tr.language))
    ]
    for each in profile.types:
        if each.about is not None:
            label, about = each.label.in_language(tr.language), each.about.in_language(tr.language)
            paragraphs.append(Markup("<b>{}</b>: {}").format(label, about))
    choices = [
        [_act(draft, "type", TYPE, each.label.in_language(tr.language), each.key)] for each in profile.types
    ]
    onward = []
    if draft.type is not None and not draft.editing and profile.find_type(draft.type) is not None:
        onward.append(_act(draft, "keep", TYPE, tr.plain(words.CONTINUE)))
    await talk.show(
        _key(draft, at.step),
        _warned(paragraphs, problem),
        rows(*choices, onward, _ways_out(talk, draft, TYPE)),
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
        paragraphs.append(_plain(chosen.end.in_language(tr.language)))
    else:
        needed = talk.desk.profile.find_mark(chosen.needs or "")
        assert needed is not None
        assert needed.how is not None
        paragraphs.append(_plain(needed.how.in_language(tr.language)))
        paragraphs.append(
            tr.text(
                "What you have entered is kept: once a specialist has confirmed “{mark}”, "
                "you can go on here.",
                mark=needed.label.in_language(tr.language),
            )
        )
        onward.append(_act(draft, "keep", NEEDS, tr.plain(words.CONTINUE)))
    keyboard = rows(onward, _ways_out(talk, draft, step.key))
    await talk.show(_key(draft, step), _warned(paragraphs, problem), keyboard)


async def before_form(talk: Talk, at: Standing, problem: Markup | None) -> None:
    """A gate, or what one has to know before the first question, with a way into the FAQ."""
    tr, profile, draft, step = talk.tr, talk.desk.profile, at.draft, at.step
    if step.gate is not None:
        keyboard = rows(
            [
                _act(draft, "yes", step.key, tr.plain(YES)),
                _act(draft, "no", step.key, tr.plain(NO)),
            ],
            _ways_out(talk, draft, step.key),
        )
        question = _plain(step.gate.question.in_language(tr.language))
        await talk.show(_key(draft, step), _warned([question], problem), keyboard)
        return
    assert step.key.startswith(ADVICE)
    texts = [notice.text for notice in profile.notices_at("form", at.questions.type_key)]
    if profile.advice is not None:
        texts.insert(0, profile.advice)
    faq = [button(tr.plain(words.FAQ), FaqButton())] if profile.faq else []
    keyboard = rows(
        [*faq, _act(draft, "pass", step.key, tr.plain(words.CONTINUE))], _ways_out(talk, draft, step.key)
    )
    paragraphs = [_plain(text.in_language(tr.language)) for text in texts]
    await talk.show(_key(draft, step), _warned(paragraphs, problem), keyboard)


async def gate_notice(talk: Talk, at: Standing) -> None:
    """What a gate says to those who answered yes; most may go on all the same."""
    draft, step = at.draft, at.step
    assert step.gate is not None
    tr = talk.tr
    onward = [] if step.gate.blocks else [_act(draft, "pass", step.key, tr.plain(words.CONTINUE))]
    keyboard = rows(onward, _ways_out(talk, draft, step.key))
    await talk.show(_key(draft, step), _plain(step.gate.notice.in_language(tr.language)), keyboard)


def _key(draft: Draft, step: Step) -> str:
    return f"{step.key}:{draft.id}"


def _plain(text: str) -> Markup:
    """A text of the profile, which knows no markup."""
    return Markup("{}").format(text)


def _field_lines(talk: Talk, at: Standing, field: Field) -> list[Markup]:
    tr = talk.tr
    language = tr.language
    lines = [_plain(field.question.in_language(language))]
    if isinstance(field, SerialField):
        lines.append(_plain(field.where.in_language(language)))
    if isinstance(field, TextField) and field.hint is not None:
        lines.append(_plain(field.hint.in_language(language)))
    if isinstance(field, TextField | CompanyField) and field.example is not None:
        lines.append(_example(talk, field.example.in_language(language)))
    if isinstance(field, UrlField) and field.example is not None:
        lines.append(_example(talk, field.example))
    if isinstance(field, SerialField) and field.pattern is not None:
        lines.append(_example(talk, field.sample))
    if isinstance(field, PhoneField):
        lines.append(tr.text("Type it, or press the button below the text field."))
    if value := at.answer(field):
        shown = fitted(shown_answer(field, value, language), _SHOWN_IN_QUESTION)
        lines.append(tr.text("Your answer so far: <b>{value}</b>", value=shown))
    return lines


def _example(talk: Talk, example: str) -> Markup:
    return talk.tr.text("For example: <i>{example}</i>", example=example)


async def ask(talk: Talk, at: Standing, *, offers: Sequence[str], problem: Markup | None) -> None:
    """Ask for a field."""
    phone = isinstance(at.step.field, PhoneField)
    keyboard = _phone_keyboard(talk, at, offers) if phone else _question_keyboard(talk, at, offers)
    await talk.show(_key(at.draft, at.step), _question(talk, at, problem), keyboard)


def _question(talk: Talk, at: Standing, problem: Markup | None) -> Markup:
    field = at.step.field
    assert field is not None
    tr = talk.tr
    paragraphs = _field_lines(talk, at, field)
    if at.step.place:
        progress = tr.text("<b>Step {step} of {total}</b>", step=at.step.place, total=at.total)
        paragraphs.insert(0, progress)
    if isinstance(field, AttachmentsField):
        paragraphs += _attachment_lines(talk, at, field)
    return _warned(paragraphs, problem)


def _attachment_lines(talk: Talk, at: Standing, field: AttachmentsField) -> list[Markup]:
    tr = talk.tr
    lines = []
    formats = formats_named(field.formats)
    if formats and field.others == "refuse":
        lines.append(tr.text("Formats that we take: {formats}.", formats=formats))
    elif formats:
        lines.append(tr.text("The best formats are {formats}.", formats=formats))
    if field.archived:
        lines.append(
            tr.text(
                "{formats} only inside an archive ({archives}).",
                formats=formats_named(field.archived),
                archives=formats_named(field.archives),
            )
        )
    lines = [Markup(" ").join(lines)] if lines else []
    if at.files:
        lines.append(tr.plural("<b>{n} attachment</b> so far.", "<b>{n} attachments</b> so far.", at.files))
    if odd := _odd_files(talk, at, field):
        lines.append(
            tr.text(
                "Kept, though the format is not the handiest for our specialists: {names}. "
                "If you can, send the same as {formats} too.",
                names=odd,
                formats=formats,
            )
        )
    least = field.least(at.questions.type_key)
    if at.files < least:
        lines.append(_plain(lacking_files(tr, least)))
    done = tr.plain(words.DONE)
    lines.append(tr.text("Send them one by one or together, and press “{done}” when that is all.", done=done))
    return lines


def _odd_files(talk: Talk, at: Standing, field: AttachmentsField) -> str:
    """The names of files that were taken though others would have been better; of many, the first."""
    names = [
        excerpt(file.file_name or family_name(talk.tr, file.family), _OFFER_LENGTH)
        for message in at.gathered
        for file in message.attachments
        if field.judge(file.family, file.file_name, file.mime_type, file.size) is FileVerdict.HINTED
    ]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _shown_offer(talk: Talk, field: Field, value: str) -> str:
    return excerpt(shown_answer(field, value, talk.tr.language), _OFFER_LENGTH)


def _question_keyboard(talk: Talk, at: Standing, offers: Sequence[str]) -> InlineKeyboardMarkup:
    field, draft, key = at.step.field, at.draft, at.step.key
    assert field is not None
    tr = talk.tr
    offered = [[_act(draft, "use", key, _shown_offer(talk, field, value), token(value))] for value in offers]
    if isinstance(field, SerialField) and field.picture is not None:
        offered.append([_act(draft, "where", key, "📷 " + tr.plain(SHOW_WHERE))])
    onward: list[InlineKeyboardButton] = []
    if isinstance(field, AttachmentsField):
        onward.append(_act(draft, "pass", key, tr.plain(words.DONE)))
    elif not draft.editing and at.is_given:
        onward.append(_act(draft, "keep", key, tr.plain(words.CONTINUE)))
    if not isinstance(field, AttachmentsField) and not field.is_required(at.questions.type_key):
        onward.append(_act(draft, "pass", key, tr.plain(words.SKIP)))
    return rows(*offered, onward, _ways_out(talk, draft, key))


def _phone_keyboard(talk: Talk, at: Standing, offers: Sequence[str]) -> ReplyKeyboardMarkup:
    """Only a button below the text field can share a number, so here the others stand there too."""
    field = at.step.field
    assert field is not None
    tr = talk.tr
    share = KeyboardButton(text="📱 " + tr.plain(SHARE_PHONE), request_contact=True)
    onward = [tr.plain(words.CONTINUE)] if at.is_given and not at.draft.editing else []
    if not field.is_required(at.questions.type_key):
        onward.append(tr.plain(words.SKIP))
    lines = [[_shown_offer(talk, field, value)] for value in offers]
    lines += [onward, [tr.plain(words.BACK), tr.plain(words.CANCEL)]]
    return ReplyKeyboardMarkup(
        keyboard=[[share], *([KeyboardButton(text=text) for text in line] for line in lines if line)],
        resize_keyboard=True,
        is_persistent=True,
    )


async def show_count(talk: Talk, at: Standing) -> None:
    """The running count of attachments: one message that moves along, not one for each file."""
    await talk.outbox.show(
        talk.customer.id,
        view(_question(talk, at, None), _question_keyboard(talk, at, ())),
        _key(at.draft, at.step),
        # It has to stand below the files, so it is sent anew and the one above them goes.
        moves=True,
        due_at=talk.tx.now + _COUNT_DELAY,
    )


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
        _plain(notice.text.in_language(tr.language))
        for notice in profile.notices_at("review", at.questions.type_key)
    ]
    taken = sum(units(label) + 4 for label, _, _ in shown) + sum(units(notice) + 2 for notice in notices)
    room = room_for_each([units(value) for _, value, _ in shown], _REVIEW_ROOM - taken, _SHOWN_IN_REVIEW)
    lines = [tr.text("<b>Please check your request</b>")]
    lines += [Markup("<b>{}:</b> {}").format(label, fitted(value, room)) for label, value, _ in shown]
    edits = [
        [_act(draft, "edit", REVIEW, f"{tr.plain(words.EDIT)}: {_within(label)}", key)]
        for label, _, key in shown
    ]
    submit = [_act(draft, "submit", REVIEW, "✅ " + tr.plain(words.SUBMIT))]
    keyboard = rows(submit, *edits, _ways_out(talk, draft, REVIEW))
    await talk.show(f"{REVIEW}:{draft.id}", _warned([*lines, *notices], problem), keyboard)


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
    tr, profile = talk.tr, talk.desk.profile
    lines = [tr.text("Your request is registered: <b>#{number}</b>.", number=ticket.number)]
    lines += promises.out_of_hours(tr, profile, talk.tx.now)
    lines += promises.promised(tr, profile, await promises.clocks_of(talk.tx, profile, ticket.number))
    lines.append(tr.text("Everything you write here now goes to the specialist."))
    keyboard = rows([button(tr.plain(words.MY_REQUESTS), RequestButton(act="list", number=0))])
    if talk.pressed is not None:
        await talk.show(f"opened:{ticket.number}", tr.text("Sent."))
    await talk.tell(Markup("\n").join(lines), keyboard)
    notices = talk.desk.profile.notices_at("opened", ticket.type)
    if notices:
        await talk.tell(Markup("\n\n").join(_plain(each.text.in_language(tr.language)) for each in notices))
