"""The frequent questions of a desk."""

from desk.schema import Key, Model
from desk.texts import Text


class FaqEntry(Model):
    """A question that customers often have, and its answer: one `[[faq]]` table each, one button.

    `words` are further words that people search for and that neither question nor answer has.
    """

    key: Key
    question: Text
    answer: Text
    words: Text | None = None
