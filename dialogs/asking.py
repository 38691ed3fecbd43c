"""How a field is asked: its question, what helps to answer it, and its buttons."""

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
from dialogs import words
from dialogs.buttons import rows, token
from dialogs.description import excerpt, fitted
from dialogs.problems import family_name, formats_named, lacking_files
from dialogs.reply import Talk, view
from dialogs.screens import form_button, plain, screen_key, warned, ways_out
from dialogs.standing import Standing
from locales import mark

# While files keep coming, the count is shown when they pause.
_COUNT_DELAY = timedelta(seconds=1)
_SHOWN_IN_QUESTION = 300
_OFFER_LENGTH = 60

SHARE_PHONE = mark("Share my phone number")
SHOW_WHERE = mark("Show where it is")


def _field_lines(talk: Talk, at: Standing, field: Field) -> list[Markup]:
    tr = talk.tr
    language = tr.language
    lines = [plain(field.question.in_language(language))]
    if isinstance(field, SerialField):
        lines.append(plain(field.where.in_language(language)))
    if isinstance(field, TextField) and field.hint is not None:
        lines.append(plain(field.hint.in_language(language)))
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
    await talk.show(screen_key(at.draft, at.step), _question(talk, at, problem), keyboard)


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
    return warned(paragraphs, problem)


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
        lines.append(plain(lacking_files(tr, least)))
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
    offered = [
        [form_button(draft, "use", key, _shown_offer(talk, field, value), token(value))] for value in offers
    ]
    if isinstance(field, SerialField) and field.picture is not None:
        offered.append([form_button(draft, "where", key, "📷 " + tr.plain(SHOW_WHERE))])
    onward: list[InlineKeyboardButton] = []
    if isinstance(field, AttachmentsField):
        onward.append(form_button(draft, "pass", key, tr.plain(words.DONE)))
    elif not draft.editing and at.is_given:
        onward.append(form_button(draft, "keep", key, tr.plain(words.CONTINUE)))
    if not isinstance(field, AttachmentsField) and not field.is_required(at.questions.type_key):
        onward.append(form_button(draft, "pass", key, tr.plain(words.SKIP)))
    return rows(*offered, onward, ways_out(talk, draft, key))


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
        screen_key(at.draft, at.step),
        # It has to stand below the files, so it is sent anew and the one above them goes.
        moves=True,
        due_at=talk.tx.now + _COUNT_DELAY,
    )
