"""What tickets of one type are asked, out of everything that a form has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.fields import AttachmentsField, Field, SerialField, TextField


@dataclass(frozen=True, slots=True)
class Questions:
    """The fields of one type of ticket, in order; `type_key` None for tickets without one."""

    type_key: str | None
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field | None:
        """The field of that key, if this type has it."""
        return next((field for field in self.fields if field.key == key), None)

    @property
    def attachments(self) -> AttachmentsField | None:
        """The field that gathers files; always the last one."""
        return next((field for field in self.fields if isinstance(field, AttachmentsField)), None)

    @property
    def subject(self) -> TextField | None:
        """The field whose answer titles the ticket."""
        return self._text("subject")

    @property
    def description(self) -> TextField | None:
        """The field that tells the problem; every type that makes a ticket by a form has one."""
        return self._text("description")

    def _text(self, role: str) -> TextField | None:
        fields = (field for field in self.fields if isinstance(field, TextField))
        return next((field for field in fields if field.role == role), None)

    def serial(self, answers: Mapping[str, str]) -> str | None:
        """The number of the device that a ticket with these answers is about: the first one given."""
        numbers = (answers.get(field.key) for field in self.fields if isinstance(field, SerialField))
        return next((number for number in numbers if number), None)


def questions_of(form: Iterable[Field], type_key: str | None) -> Questions:
    """What a ticket of this type is asked."""
    return Questions(type_key, tuple(field for field in form if field.applies_to(type_key)))
