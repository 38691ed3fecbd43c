"""Why a ticket is put off or refused: what agents choose from, and what the customer is told."""

from typing import Literal

from desk.schema import Key, Model
from desk.texts import Text


class Reason(Model):
    """One reason to postpone or to refuse, one `[[reasons]]` table each.

    `label` stands on the agents' button and on the card, `text` is the sentence that the customer is told.
    `when` keeps it to one of the two: `"postpone"` for what passes ("a partner is involved"), `"refuse"` for
    what does not ("out of our scope"); left out, it may be given for both.
    """

    key: Key
    label: Text
    text: Text
    when: Literal["postpone", "refuse"] | None = None
