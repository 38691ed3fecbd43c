"""Who the customer is, and how to reach them."""

from typing import Annotated, Literal

from pydantic import Field as Constraint

from desk.fields.asked import REMEMBERED_LIMIT, Asked, Kept
from desk.schema import Number
from desk.texts import Text


class PhoneField(Kept):
    """A telephone number: `kind = "phone"`, typed or shared with Telegram's button.

    Kept as `+37120110545`, shown as `+371 20 110 545`. A number without country code is one of the profile's
    `region`; without a region only international numbers are taken.
    """

    kind: Literal["phone"]


class EmailField(Kept):
    """An e-mail address: `kind = "email"`. Its form is checked; the domain is not looked up."""

    kind: Literal["email"]


class UrlField(Asked):
    """A link of the web: `kind = "url"`, at most 2048 characters; `https://` is added where it is left out.

    `example` is a right answer: `example = "https://example.com/object/42"`.
    """

    kind: Literal["url"]
    example: str | None = None


class PersonField(Kept):
    """A person's name: `kind = "person"`, up to 128 characters, of at least `min_words` words.

    2 asks for first name and surname, 1 for either, 3 for the patronymic as well. The customer's name in
    Telegram is offered as a button where more than a surname is asked and it would do.
    """

    kind: Literal["person"]
    min_words: Annotated[Number, Constraint(ge=1, le=4)] = 2


class CompanyField(Kept):
    """A company's name: `kind = "company"`; `max_length` in characters, 200 unless told, 256 at most.

    `example` is a right answer: `example = "SIA „Paraugs”"`.
    """

    kind: Literal["company"]
    example: Text | None = None
    max_length: Annotated[Number, Constraint(ge=2, le=REMEMBERED_LIMIT)] = 200
