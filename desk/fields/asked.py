"""What fields have in common, whatever they ask."""

from pydantic import model_validator

from desk.faults import fault
from desk.schema import Flag, FlagOrTypes, Key, Model, Types
from desk.texts import Text

# What is kept with a customer has a column of this width, in characters.
REMEMBERED_LIMIT = 256


class Asked(Model):
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


class Kept(Asked):
    """A field whose answer belongs to the customer rather than to the ticket.

    `remember` keeps the answer with the customer and offers it next time as a button. `once = true` asks
    only in the first ticket: afterwards the answer (or that there is none) is taken as it is, and stands in
    the review, where it can be changed.
    """

    remember: Flag = True
    once: Flag = False

    @model_validator(mode="after")
    def _once_means_remembered(self) -> "Kept":
        if self.once and not self.remember:
            raise fault("has nothing to go by", "set remember = true, or leave once out", "once", True)
        return self
