"""The departments of a desk."""

from typing import Annotated

from pydantic import StringConstraints

from desk.schema import Key, Model, Types
from desk.texts import Text

Telephone = Annotated[str, StringConstraints(min_length=3, max_length=40)]


class Department(Model):
    """A part of the desk that has tickets of its own, one `[[departments]]` table each.

    `label` is what agents and customers call it ("Repair service"), `phone` what customers may call, shown
    with their request. `types` lists the types of ticket that begin there; what no department lists begins
    with the first one. Agents move a ticket to another department with the button Transfer of its card;
    `moved` is what the customer then reads ("Your terminal will be looked at in our workshop"): without it
    they are told nothing.
    """

    key: Key
    label: Text
    phone: Telephone | None = None
    types: Types | None = None
    moved: Text | None = None
