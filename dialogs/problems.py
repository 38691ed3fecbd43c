"""What is wrong with an answer, in one sentence that says how a right one looks."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from desk.answers import AnswerError, TextError, TextProblem
from desk.contacts import ContactError, ContactProblem
from desk.fields import AttachmentsField, ContractField, PersonField, SerialField, TextField, ValueField
from desk.files import FileVerdict
from desk.serial import SerialError, SerialProblem
from locales import Translator, mark
from storage.rows import Attachment

_FAMILY_NAMES = {
    "photo": mark("photos"),
    "live_photo": mark("photos"),
    "video": mark("videos"),
    "animation": mark("animations"),
    "audio": mark("audio files"),
    "document": mark("documents"),
    "voice": mark("voice messages"),
    "video_note": mark("video messages"),
    "sticker": mark("stickers"),
}


def family_name(tr: Translator, family: str) -> str:
    """What files of a family are called."""
    return tr.plain(_FAMILY_NAMES[family])


def formats_named(formats: Iterable[str]) -> str:
    """Formats in a sentence: JPG, GIF, PNG."""
    return ", ".join(each.upper() for each in formats)


def answer_problem(tr: Translator, field: ValueField, error: AnswerError) -> Markup:
    """Why this is no answer to the field."""
    if isinstance(error, SerialError):
        digits_alone = isinstance(field, SerialField) and field.digits is not None
        return _serial_problem(tr, field, error) if digits_alone else _code_problem(tr, field, error)
    if isinstance(error, ContactError):
        return _contact_problem(tr, field, error)
    return _text_problem(tr, field, error)


def _serial_problem(tr: Translator, field: ValueField, error: SerialError) -> Markup:
    """Why this is not a serial number."""
    assert isinstance(field, SerialField)
    digits, example = field.digits, field.sample
    if error.problem is SerialProblem.LETTERS:
        return tr.text(
            "A serial number consists of digits only, {digits} of them, for example <code>{example}</code>.",
            digits=digits,
            example=example,
        )
    if error.problem is SerialProblem.EMPTY:
        return tr.text(
            "There is no number in this message. The serial number has {digits} digits, for example "
            "<code>{example}</code>.",
            digits=digits,
            example=example,
        )
    if error.problem is SerialProblem.TOO_SHORT:
        return tr.plural(
            "There is {n} digit in this number, but {digits} are needed: some are missing. "
            "Please check it against the device and send it again.",
            "There are {n} digits in this number, but {digits} are needed: some are missing. "
            "Please check it against the device and send it again.",
            error.found,
            digits=digits,
        )
    return tr.plural(
        "There is {n} digit in this number, but {digits} are needed: there are too many. "
        "Please check it against the device and send it again.",
        "There are {n} digits in this number, but {digits} are needed: there are too many. "
        "Please check it against the device and send it again.",
        error.found,
        digits=digits,
    )


def _code_problem(tr: Translator, field: ValueField, error: SerialError) -> Markup:
    """Why this is no number of the form that a pattern asks for, or none at all."""
    assert isinstance(field, SerialField | ContractField)
    if error.problem is SerialProblem.EMPTY:
        return tr.text("There is no number in this message. Please send it as a text.")
    if error.problem is SerialProblem.TOO_LONG:
        return _too_long(tr, error.found, error.digits)
    return tr.text(
        "This number does not have the right form. It looks like <code>{example}</code>: "
        "please check yours and send it again.",
        example=field.example or "",
    )


def _contact_problem(tr: Translator, field: ValueField, error: ContactError) -> Markup:
    match error.problem:
        case ContactProblem.NO_PHONE:
            return tr.text(
                "There is no telephone number in this message. It looks like <code>{example}</code>.",
                example="+371 20 000 000",
            )
        case ContactProblem.NO_COUNTRY:
            return tr.text(
                "Please write the number with the code of the country, for example <code>{example}</code>.",
                example="+371 20 000 000",
            )
        case ContactProblem.WRONG_PHONE:
            return tr.text(
                "There is no such telephone number: a digit is missing, or there is one too many. "
                "Please check it and send it again."
            )
        case ContactProblem.SEVERAL:
            return tr.text("There is more than one in this message. Please send just one.")
        case ContactProblem.NO_EMAIL:
            return tr.text(
                "This is not an e-mail address. It looks like <code>{example}</code>.",
                example="anna@example.com",
            )
        case ContactProblem.NO_LINK:
            return tr.text(
                "This is not a link. Please copy it whole from the address line of the browser, "
                "for example <code>{example}</code>.",
                example="https://example.com/page",
            )
        case ContactProblem.NO_NAME:
            return tr.text("This does not look like a name. Please write it in letters.")
        case ContactProblem.NOT_IN_FULL:
            assert isinstance(field, PersonField)
            return tr.plural(
                "Please write the name in full, at least {n} word.",
                "Please write the name in full, at least {n} words.",
                field.min_words,
            )


def _text_problem(tr: Translator, field: ValueField, error: TextError) -> Markup:
    match error.problem:
        case TextProblem.EMPTY:
            return tr.text("This message is empty. Please answer in words.")
        case TextProblem.NO_OPTION:
            return tr.text("Please choose one of the answers below.")
        case TextProblem.TOO_SHORT:
            return tr.plural(
                "This is too short: please write at least {n} character.",
                "This is too short: please write at least {n} characters.",
                error.limit,
            )
        case TextProblem.TOO_LONG:
            if isinstance(field, TextField) and field.role == "subject":
                return tr.plural(
                    "This is too long: {length} characters, and there is room for {n} here. "
                    "Please put it shorter; the details can follow in the description.",
                    "This is too long: {length} characters, and there is room for {n} here. "
                    "Please put it shorter; the details can follow in the description.",
                    error.limit,
                    length=error.length,
                )
            return _too_long(tr, error.length, error.limit)


def _too_long(tr: Translator, length: int, limit: int) -> Markup:
    return tr.plural(
        "This is too long: {length} characters, and there is room for {n} here. Please put it shorter.",
        "This is too long: {length} characters, and there is room for {n} here. Please put it shorter.",
        limit,
        length=length,
    )


def lacking_files(tr: Translator, least: int) -> str:
    """That so many files at least have to be attached."""
    return tr.plural_plain(
        "Please attach at least {n} file: without it we cannot look into the problem.",
        "Please attach at least {n} files: without them we cannot look into the problem.",
        least,
    )


def attachment_problem(
    tr: Translator, field: AttachmentsField, file: Attachment, count: int
) -> Markup | None:
    """Why the desk does not take this file, or None. `count` is how many it has already."""
    if count >= field.max_count:
        return tr.plural(
            "The request has {n} attachment already, and it cannot take more. "
            "If this one matters, send it after the request has its number.",
            "The request has {n} attachments already, and it cannot take more. "
            "If this one matters, send it after the request has its number.",
            count,
        )
    match field.judge(file.family, file.file_name, file.mime_type, file.size):
        case FileVerdict.FAMILY:
            accepted = ", ".join(family_name(tr, family) for family in field.accept)
            return tr.text("We cannot take this kind of file. Accepted: {accepted}.", accepted=accepted)
        case FileVerdict.SIZE:
            return tr.text(
                "This file is too large: the desk takes up to {limit} MB. Please send a smaller one.",
                limit=field.max_size_mb,
            )
        case FileVerdict.FORMAT:
            return tr.text(
                "We cannot take a file of this format. Please save it as {formats} and send it again.",
                formats=formats_named(field.formats),
            )
        case FileVerdict.UNPACKED:
            return tr.text(
                "We take files of this format only inside an archive. "
                "Please pack it ({archives}) and send the archive.",
                archives=formats_named(field.archives),
            )
        case FileVerdict.TAKEN | FileVerdict.HINTED:
            return None
