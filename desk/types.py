"""The types of ticket that a desk tells apart, and the marks that its agents give to customers."""

from desk.schema import Key, Model
from desk.texts import Text


class Mark(Model):
    """Something that the desk's agents know of a customer, one `[[marks]]` table each: owner, premium.

    Only agents set and take away marks, with a button of the card or by `/mark owner` and `/unmark owner` in
    the ticket's thread. `label` is what agents read ("Owner of the shop"). `how` tells a customer how to get
    the mark ("Write from the address your shop is registered with …"): a mark with `how` is one that
    customers know of, so they are told when it is set; one without stays between agents.

    `priority` is the key of a priority: tickets of such customers begin with it, and those that are open when
    the mark is set are given it, unless theirs is more urgent. Taking the mark away changes no ticket.
    """

    key: Key
    label: Text
    how: Text | None = None
    priority: Key | None = None


class Type(Model):
    """A type of ticket, one `[[types]]` table each; with more than one, choosing it is the form's first step.

    `label` stands on its button (up to 40 characters fit), on the card and in lists; `about` is a sentence
    beside it in the question, say what belongs there or which telephone that department has.

    `end` ends without a ticket: the text says where to go instead, and the customer may choose again.
    `needs = "owner"` takes tickets of this type only from customers with this mark; others are told how to
    get it, and their draft waits. `priority` is the key of the priority such tickets begin with.
    """

    key: Key
    label: Text
    about: Text | None = None
    end: Text | None = None
    needs: Key | None = None
    priority: Key | None = None
