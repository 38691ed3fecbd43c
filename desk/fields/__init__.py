"""What the form of a desk can ask, one model a kind of field.

In a profile each is one `[[form]]` table, asked in the order of the file; `kind` says which of the models
it is.
"""

from typing import Annotated, get_args

from pydantic import Field as Constraint

from desk.fields.asked import Asked
from desk.fields.attachments import FAMILIES, AttachmentsField
from desk.fields.choice import ChoiceField, Option
from desk.fields.contacts import CompanyField, EmailField, PersonField, PhoneField, UrlField
from desk.fields.contract import ContractField
from desk.fields.serial import SerialField
from desk.fields.text import SUBJECT_LIMIT, TELEGRAM_TEXT_LIMIT, TextField

__all__ = [
    "FAMILIES",
    "KINDS",
    "SUBJECT_LIMIT",
    "TELEGRAM_TEXT_LIMIT",
    "AttachmentsField",
    "ChoiceField",
    "CompanyField",
    "ContractField",
    "EmailField",
    "Field",
    "Option",
    "PersonField",
    "PhoneField",
    "SerialField",
    "TextField",
    "UrlField",
    "ValueField",
]

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

KINDS: tuple[type[Asked], ...] = (*get_args(ValueField), AttachmentsField)
