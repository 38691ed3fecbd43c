"""Texts that a desk profile gives in several languages."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import PrivateAttr, StringConstraints, model_validator

from desk.faults import fault
from desk.schema import Model

Language = Literal["ru", "en", "lv"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Leaves room for a frame around it in one Telegram message of 4096 characters.
_Copy = Annotated[str, StringConstraints(min_length=1, max_length=3500)]


class Text(Model):
    """One text in the languages of the desk; plain text, so whoever shows it escapes it.

    In TOML a table, `{ ru = "Привет", en = "Hello", lv = "Sveiki" }`, or a plain string that stands for every
    language. A missing language falls back to the profile's languages in the order they are offered, then to
    Russian, English, Latvian.
    """

    ru: _Copy | None = None
    en: _Copy | None = None
    lv: _Copy | None = None

    _offered: tuple[Language, ...] = PrivateAttr(default=LANGUAGES)

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if not isinstance(value, Mapping | Text):
            raise fault("is not a text", 'write "…" or { ru = "…", en = "…", lv = "…" }')
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "Text":
        if not self.languages:
            raise fault("has no language", 'write { ru = "…", en = "…", lv = "…" }')
        return self

    def model_post_init(self, context: Any) -> None:
        """Learn the fallback order from the profile this text is read in."""
        if isinstance(context, Mapping) and "languages" in context:
            self._offered = context["languages"]

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages this text really has."""
        return tuple(language for language in LANGUAGES if getattr(self, language))

    def in_language(self, language: Language) -> str:
        """The text in *language*, or in the first fallback that has it."""
        text: str = getattr(self, self.language_for(language))
        return text

    def language_for(self, language: Language) -> Language:
        """The language that whoever wants *language* gets the text in."""
        for candidate in (language, *self._offered, *LANGUAGES):
            if getattr(self, candidate):
                return candidate
        raise AssertionError("a Text always has a language")
