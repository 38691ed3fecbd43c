"""What the form of a desk can ask, one model a kind of field.

In a profile each is one `[[form]]` table, asked in the order of the file; `kind` says which of the models
below it is.
"""

import re
from collections.abc import Callable
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, model_validator
from pydantic import Field as Constraint

from desk.faults import fault
from desk.files import FileVerdict, formats_of, plain_format
from desk.schema import Flag, FlagOrTypes, Key, Model, Number, Types
from desk.serial import (
    CODE_LIMIT,
    Case,
    SerialError,
    SerialProblem,
    find_code,
    find_serial,
    normalise_code,
    normalise_serial,
)
from desk.texts import Text

Family = Literal["photo", "video", "animation", "audio", "voice", "video_note", "document"]
FAMILIES: tuple[Family, ...] = get_args(Family)

TELEGRAM_TEXT_LIMIT = 4096
# What is kept with a customer has a column of this width, in characters.
REMEMBERED_LIMIT = 256
# A subject stands in cards, lists and notices, each of which has to stay short.
SUBJECT_LIMIT = 250

_NUMBER_SIGN = re.compile(r"^(?:№|#|N(?:o|r)?\.?(?=[\s\d]))\s*", re.IGNORECASE)


def _check_example(pattern: str, example: str | None, read: Callable[[str], str]) -> None:
    """A pattern comes with an example, which is what people are shown when theirs does not fit."""
    if example is None:
        raise fault("needs an example", "add one that fits it", "pattern", pattern)
    try:
        good = read(example) == example
    except SerialError:
        good = False
    if not good:
        raise fault(
            "does not fit the pattern", "write it exactly as the pattern wants it", "example", example
        )


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise fault(
            f"is no regular expression ({error})", "write one in single quotes, such as '[A-Z]{2}\\d{6}'"
        ) from None
    return value


Pattern = Annotated[str, Constraint(min_length=1, max_length=200), AfterValidator(_is_pattern)]


class _Asked(Model):
    """What every field has.

    `key` names the answer in the store: leave it as it is once there are tickets. `label` names it in the
    review, on the card and on buttons ("Serial number"); `question` is what the step asks. `required` is
    true, false or the types of ticket that cannot do without: `required = ["problem"]`; elsewhere the step
    has a Skip button. `only = ["problem"]` asks it in tickets of these types alone; without it, in all.
    """

    key: Key
    label: Text
    question: Text
    required: FlagOrTypes = True
    only: Types | None = None

    def applies_to(self, type_key: str | None) -> bool:
        """Whether a ticket of this type is asked for it."""
        return self.only is None or type_key in self.only

    def is_required(self, type_key: str | None) -> bool:
        """Whether a ticket of this type cannot do without it."""
        return self.required if isinstance(self.required, bool) else type_key in self.required


class _Kept(_Asked):
    """A field whose answer belongs to the customer rather than to the ticket.

    `remember` keeps the answer with the customer and offers it next time as a button. `once = true` asks
    only in the first ticket: afterwards the answer (or that there is none) is taken as it is, and stands in
    the review, where it can be changed.
    """

    remember: Flag = True
    once: Flag = False

    @model_validator(mode="after")
    def _once_means_remembered(self) -> "_Kept":
        if self.once and not self.remember:
            raise fault("has nothing to go by", "set remember = true, or leave once out", "once", True)
        return self


class TextField(_Kept):
    """A text in the customer's own words: `kind = "text"`. Lengths in characters, up to Telegram's 4096.

    `hint` is a sentence of help, `example` a right answer, both shown below the question.
    `role = "subject"` titles the ticket, so its `max_length` is 250 at most (120 reads well);
    `role = "description"` tells the problem, and what else is written joins it. Every type of ticket needs
    exactly one description and may have one subject; without, the description's first line is the title.
    `role = "position"` is what the customer is in their company, which the journal tells with the contacts.
    Only a text of at most 256 characters can be remembered, and never a description.
    """

    kind: Literal["text"]
    hint: Text | None = None
    example: Text | None = None
    min_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = 1
    max_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = TELEGRAM_TEXT_LIMIT
    role: Literal["subject", "description", "position"] | None = None
    remember: Flag = False

    @model_validator(mode="after")
    def _lengths_leave_room(self) -> "TextField":
        if self.min_length > self.max_length:
            raise fault(
                f"is more than max_length {self.max_length}", "lower it", "min_length", self.min_length
            )
        if self.role == "subject" and self.max_length > SUBJECT_LIMIT:
            raise fault(
                "is too long for a title", f"write {SUBJECT_LIMIT} or less", "max_length", self.max_length
            )
        if self.remember and self.role == "description":
            raise fault("is not for a description", "leave it out", "remember", True)
        if self.remember and self.max_length > REMEMBERED_LIMIT:
            raise fault(
                "is too long to be remembered",
                f"write {REMEMBERED_LIMIT} or less",
                "max_length",
                self.max_length,
            )
        return self


class SerialField(_Kept):
    """A number that stands on a device: `kind = "serial"`. The first one of a form finds the ticket's device.

    Either `digits = 12`, a number of exactly so many digits (4 to 32), or `pattern`, a regular expression for
    the whole number, with an `example` that fits it: `pattern = 'WV\\d{6}'`, `example = "WV123456"`. Spaces
    and dashes are forgiven, digits of any script count. For a pattern `case` is the case it is written in,
    "upper", "lower" or "keep" for both as typed; `letters = "latin"` reads Cyrillic look-alikes as Latin
    letters, "any" leaves letters as they are. A number has 64 characters at most.

    `where` tells how to find the number on the device; `picture` names a JPEG or PNG file (up to 10 MB) that
    shows it, by its path beside the profile; it is sent on request: `picture = "where.jpg"`.
    """

    kind: Literal["serial"]
    where: Text
    digits: Annotated[Number, Constraint(ge=4, le=32)] | None = None
    pattern: Pattern | None = None
    example: str | None = None
    case: Case = "upper"
    letters: Literal["latin", "any"] = "latin"
    picture: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "SerialField":
        if (self.digits is None) == (self.pattern is None):
            if self.digits is None:
                raise fault("is missing", "add digits = 12, or a pattern and an example", "digits")
            raise fault("says it twice, with digits", "keep one of the two", "pattern", self.pattern)
        if self.pattern is not None:
            _check_example(self.pattern, self.example, self.read)
        return self

    def read(self, text: str) -> str:
        """The number in *text*. Raises SerialError."""
        if self.pattern is not None:
            return normalise_code(text, self.pattern, latin=self.letters == "latin", case=self.case)
        assert self.digits is not None, "the schema demands one of the two"
        return normalise_serial(text, self.digits)

    def find(self, text: str) -> str | None:
        """The one unmistakable number in a free text, or None."""
        if self.pattern is not None:
            return find_code(text, self.pattern, latin=self.letters == "latin", case=self.case)
        assert self.digits is not None, "the schema demands one of the two"
        return find_serial(text, self.digits)

    @property
    def sample(self) -> str:
        """What a right number looks like."""
        return self.example or ("123456789012" * 3)[: self.digits]


class Option(Model):
    """One answer of a choice: `key` is stored, `label` stands on the button and on the card."""

    key: Key
    label: Text


class ChoiceField(_Kept):
    """One of several answers, by a button: `kind = "choice"`, each answer a `[[form.options]]` table.

    2 to 30 of them; a label of up to 40 characters fits a button. A typed label works too, in any language.
    """

    kind: Literal["choice"]
    options: tuple[Option, ...] = Constraint(min_length=2, max_length=30)
    remember: Flag = False

    @model_validator(mode="after")
    def _options_differ(self) -> "ChoiceField":
        keys = [option.key for option in self.options]
        for key in keys:
            if keys.count(key) > 1:
                raise fault("is there twice", "keep one, or change the other", "options[].key", key)
        return self

    def option(self, key: str) -> Option | None:
        """The answer of that key, if the profile still has it."""
        return next((option for option in self.options if option.key == key), None)


class PhoneField(_Kept):
    """A telephone number: `kind = "phone"`, typed or shared with Telegram's button.

    Kept as `+37120110545`, shown as `+371 20 110 545`. A number without country code is one of the profile's
    `region`; without a region only international numbers are taken.
    """

    kind: Literal["phone"]


class EmailField(_Kept):
    """An e-mail address: `kind = "email"`. Its form is checked; the domain is not looked up."""

    kind: Literal["email"]


class UrlField(_Asked):
    """A link of the web: `kind = "url"`, at most 2048 characters; `https://` is added where it is left out.

    `example` is a right answer: `example = "https://example.com/object/42"`.
    """

    kind: Literal["url"]
    example: str | None = None


class PersonField(_Kept):
    """A person's name: `kind = "person"`, up to 128 characters, of at least `min_words` words.

    2 asks for first name and surname, 1 for either, 3 for the patronymic as well. The customer's name in
    Telegram is offered as a button where more than a surname is asked and it would do.
    """

    kind: Literal["person"]
    min_words: Annotated[Number, Constraint(ge=1, le=4)] = 2


class CompanyField(_Kept):
    """A company's name: `kind = "company"`; `max_length` in characters, 200 unless told, 256 at most.

    `example` is a right answer: `example = "SIA „Paraugs”"`.
    """

    kind: Literal["company"]
    example: Text | None = None
    max_length: Annotated[Number, Constraint(ge=2, le=REMEMBERED_LIMIT)] = 200


class ContractField(_Kept):
    """The number of a contract: `kind = "contract"`, as typed, up to 64 characters, without a "№" in front.

    `pattern` is a regular expression for the whole number, to be used with an `example` that fits it:
    `pattern = '\\d{4}-\\d{2}'`, `example = "0815-26"`. Spaces and dashes it does not want are forgiven.
    """

    kind: Literal["contract"]
    pattern: Pattern | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _example_fits(self) -> "ContractField":
        if self.pattern is not None:
            _check_example(self.pattern, self.example, self.read)
        return self

    def read(self, text: str) -> str:
        """The number in *text*. Raises SerialError."""
        if self.pattern is not None:
            return normalise_code(text, self.pattern)
        number = " ".join(_NUMBER_SIGN.sub("", text.strip()).split())
        if not any(character.isalnum() for character in number):
            raise SerialError(SerialProblem.EMPTY)
        if len(number) > CODE_LIMIT:
            raise SerialError(SerialProblem.TOO_LONG, len(number), CODE_LIMIT)
        return number


def _format(value: str) -> str:
    plain = plain_format(value)
    if not re.fullmatch(r"[a-z0-9]{1,10}", plain):
        raise fault("is not a file format", 'write what stands after the dot of a name, such as "jpg"')
    return plain


Format = Annotated[str, AfterValidator(_format)]


class AttachmentsField(_Asked):
    """Files, gathered until the customer says Done: `kind = "attachments"`, the last step of a form.

    Where `required`, at least `min_count` files are wanted (1 unless told); `max_count` is the most, 30
    unless told, 100 at most. `max_size_mb` is megabytes for each file, none for no limit. `accept` lists
    families of Telegram media: "photo", "video", "animation" (GIF), "audio", "voice", "video_note" (round),
    "document" (any file).

    `formats = ["jpg", "gif", "png"]` are the formats the desk prefers, judged by a file's name and MIME type
    (a Telegram photo is JPEG); `others` says what becomes of the rest: "hint" takes it and says what would
    be better, "refuse" does not take it and says what to do. `archived = ["bmp"]` are formats taken only
    inside one of `archives`, which are themselves taken: `archives = ["zip", "rar"]`.
    """

    kind: Literal["attachments"]
    required: FlagOrTypes = False
    min_count: Annotated[Number, Constraint(ge=1, le=100)] = 1
    max_count: Annotated[Number, Constraint(ge=1, le=100)] = 30
    max_size_mb: Annotated[Number, Constraint(ge=1, le=4000)] | None = None
    accept: tuple[Family, ...] = Constraint(default=FAMILIES, min_length=1)
    formats: tuple[Format, ...] = Constraint(default=(), min_length=1)
    others: Literal["hint", "refuse"] = "hint"
    archived: tuple[Format, ...] = Constraint(default=(), min_length=1)
    archives: tuple[Format, ...] = Constraint(default=("zip", "rar"), min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "AttachmentsField":
        if self.min_count > self.max_count:
            raise fault(f"is more than max_count {self.max_count}", "lower it", "min_count", self.min_count)
        if not self.formats and "others" in self.model_fields_set:
            raise fault("are others than none", "add formats, or leave it out", "others", self.others)
        for listed, name in ((self.formats, "formats"), (self.archives, "archives")):
            both = next((each for each in self.archived if each in listed), None)
            if both is not None:
                raise fault(f"is among the {name} too", "keep it in one of the two", "archived[]", both)
        return self

    def least(self, type_key: str | None) -> int:
        """How many files a ticket of this type has to have."""
        return self.min_count if self.is_required(type_key) else 0

    def judge(
        self, family: str, file_name: str | None, mime_type: str | None, size: int | None
    ) -> FileVerdict:
        """What becomes of one file; `size` in bytes, None if Telegram did not tell."""
        if family == "live_photo":
            # It is a photo that moves.
            family = "photo"
        if family not in self.accept:
            return FileVerdict.FAMILY
        if self.max_size_mb is not None and (size or 0) > self.max_size_mb * 1_000_000:
            return FileVerdict.SIZE
        claims = formats_of(family, file_name, mime_type)
        if claims & set(self.archived):
            return FileVerdict.UNPACKED
        taken = {*self.formats, *(self.archives if self.archived else ())}
        if not self.formats or (claims and claims <= taken):
            return FileVerdict.TAKEN
        return FileVerdict.HINTED if self.others == "hint" else FileVerdict.FORMAT


ValueField = (
    TextField
    | SerialField
    | ChoiceField
    | PhoneField
    | EmailField
    | UrlField
    | PersonField
    | CompanyField
    | ContractField
)
Field = Annotated[ValueField | AttachmentsField, Constraint(discriminator="kind")]

KINDS: tuple[type[_Asked], ...] = (*get_args(ValueField), AttachmentsField)
