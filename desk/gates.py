"""What has to be settled before the form."""

from desk.schema import Flag, Key, Model, Types
from desk.texts import Text


class Gate(Model):
    """A yes-or-no question before the form, one `[[gates]]` table each.

    Yes shows the notice, and ends the intake only if `blocks`; `only` names the types of ticket it is for.
    """

    key: Key
    question: Text
    notice: Text
    blocks: Flag = False
    only: Types | None = None

    def applies_to(self, type_key: str | None) -> bool:
        """Whether whoever opens a ticket of this type is asked."""
        return self.only is None or type_key in self.only
