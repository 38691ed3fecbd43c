"""Canned answers: what agents send with one press, with what is known of the ticket filled in."""

import difflib
import re
from collections.abc import Mapping

from pydantic import field_validator

from desk.faults import fault
from desk.schema import Key, Model
from desk.texts import Language, Text

FIELDS = ("number", "name", "serial", "subject", "agent", "due")
# The longest that a field is filled in with, in UTF-16 units; longer values are cut.
FIELD_LIMIT = 256

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Canned(Model):
    """An answer that agents send often, one `[[canned]]` table each: Canned on the card, or `/canned photos`.

    `label` stands on its button, in the agents' language; `text` goes out in the customer's. In the text
    `{number}`, `{subject}` and `{serial}` are the ticket's, `{name}` is the customer's, `{agent}` whoever
    sends it, `{due}` by when the problem is to be solved, in words. An answer with a field that this ticket
    has no value for is not sent. `{{` and `}}` stand for braces.
    """

    key: Key
    label: Text
    text: Text

    @field_validator("text")
    @classmethod
    def _knows_its_fields(cls, value: Text) -> Text:
        for language in value.languages:
            for token in _TOKEN.finditer(value.in_language(language)):
                if token.group() in ("{{", "}}") or token.group(1) in FIELDS:
                    continue
                if token.group(1) is None:
                    raise fault("is a brace by itself", "write {{ or }} for one", language, token.group())
                close = difflib.get_close_matches(token.group(1), FIELDS, n=1)
                known = ", ".join(f"{{{name}}}" for name in FIELDS)
                mend = f"write {{{close[0]}}}" if close else f"write one of {known}"
                raise fault("is no field", mend, language, token.group())
        return value

    def fields(self, language: Language) -> tuple[str, ...]:
        """The fields of the text in a language, as often as they stand there."""
        return tuple(token.group(1) for token in _TOKEN.finditer(self._text(language)) if token.group(1))

    def filled(self, language: Language, values: Mapping[str, str]) -> str:
        """The text in a language, with a value for each of its `fields`."""

        def value(token: re.Match[str]) -> str:
            return values[token.group(1)] if token.group(1) else token.group()[0]

        return _TOKEN.sub(value, self._text(language))

    def _text(self, language: Language) -> str:
        return self.text.in_language(language)
