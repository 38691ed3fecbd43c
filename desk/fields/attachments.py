"""Files, of the kinds that a desk takes."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, model_validator
from pydantic import Field as Constraint

from desk.faults import fault
from desk.fields.asked import Asked
from desk.files import FileVerdict, formats_of, plain_format
from desk.schema import FlagOrTypes, Number

Family = Literal["photo", "video", "animation", "audio", "voice", "video_note", "document"]
FAMILIES: tuple[Family, ...] = get_args(Family)


def _format(value: str) -> str:
    plain = plain_format(value)
    if not re.fullmatch(r"[a-z0-9]{1,10}", plain):
        raise fault("is not a file format", 'write what stands after the dot of a name, such as "jpg"')
    return plain


Format = Annotated[str, AfterValidator(_format)]


class AttachmentsField(Asked):
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
