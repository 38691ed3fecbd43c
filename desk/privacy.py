"""What a desk says and does about the personal data of its customers."""

from typing import Annotated

from pydantic import Field as Constraint
from pydantic import field_validator

from desk.faults import fault
from desk.schema import Flag, Model, Number
from desk.texts import LANGUAGES, Text


class Privacy(Model):
    """Personal data, one `[privacy]` table. With it, customers agree before the first question is asked.

    `consent` is what they agree to, by a button; without it they read a short text that fits most desks and
    names the desk. `url` is a link to the full rules, one for all languages or one for each. `version` is a
    number to raise when the rules change: then everybody is asked again before their next ticket.

    `retention_days` is after how many days a closed ticket loses everything personal; without it tickets
    keep it until their customer erases it. When data is erased, the threads of its tickets are deleted in the
    staff group; with `erase_threads = false` they stay, and only card and title lose what is personal.
    """

    consent: Text | None = None
    url: Text | None = None
    version: Annotated[Number, Constraint(ge=1, le=999_999)] = 1
    retention_days: Annotated[Number, Constraint(ge=1, le=36_600)] | None = None
    erase_threads: Flag = True

    @field_validator("url")
    @classmethod
    def _url_is_a_link(cls, value: Text | None) -> Text | None:
        for language in LANGUAGES:
            link = None if value is None else getattr(value, language)
            if link is not None and not link.startswith(("https://", "http://")):
                raise fault("is no link", 'write one that begins with "https://"', value=link)
        return value
