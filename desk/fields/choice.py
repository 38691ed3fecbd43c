"""One of several answers."""

from typing import Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from desk.faults import fault
from desk.fields.asked import Kept
from desk.schema import Flag, Key, Model
from desk.texts import Text


class Option(Model):
    """One answer of a choice: `key` is stored, `label` stands on the button and on the card."""

    key: Key
    label: Text


class ChoiceField(Kept):
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
