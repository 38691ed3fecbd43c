"""What is wrong with an answer, in one sentence that says how a right one looks."""

from __future__ import annotations

from markupsafe import Markup

from desk.fields import AttachmentsField, SerialField, TextField
from desk.serial import SerialError, SerialProblem
from locales import Translator, mark
from storage.rows import Attachment

_FAMILY_NAMES = {
    "photo": mark("photos"),
    "video": mark("videos"),
    "animation": mark("animations"),
    "audio": mark("audio files"),
    "document": mark("documents"),
    "voice": mark("voice messages"),
    "video_note": mark("video messages"),
    "sticker": mark("stickers"),
}


def serial_problem(tr: Translator, field: SerialField, error: SerialError) -> Markup:
    """Why this is not a serial number."""
    digits = field.digits
    example = ("123456789012" * 3)[:digits]
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


def text_problem(tr: Translator, field: TextField, text: str) -> Markup | None:
    """Why this text does not do as an answer, or None."""
    length = len(text.strip())
    if length == 0:
        return tr.text("This message is empty. Please answer in words.")
    if length < field.min_length:
        return tr.plural(
            "This is too short: please write at least {n} character.",
            "This is too short: please write at least {n} characters.",
            field.min_length,
        )
    if length <= field.max_length:
        return None
    if field.role == "subject":
        return tr.plural(
            "This is too long: {length} characters, and there is room for {n} here. "
            "Please put it shorter; the details can follow in the description.",
            "This is too long: {length} characters, and there is room for {n} here. "
            "Please put it shorter; the details can follow in the description.",
            field.max_length,
            length=length,
        )
    return tr.plural(
        "This is too long: {length} characters, and there is room for {n} here. Please put it shorter.",
        "This is too long: {length} characters, and there is room for {n} here. Please put it shorter.",
        field.max_length,
        length=length,
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
    if file.family not in field.accept:
        accepted = ", ".join(tr.plain(_FAMILY_NAMES[family]) for family in field.accept)
        return tr.text("We cannot take this kind of file. Accepted: {accepted}.", accepted=accepted)
    if field.max_size_mb is not None and (file.size or 0) > field.max_size_mb * 1_000_000:
        return tr.text(
            "This file is too large: the desk takes up to {limit} MB. Please send a smaller one.",
            limit=field.max_size_mb,
        )
    return None
