"""Which texts of a profile speak which languages: for `talon check` and for the tests of what we ship."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from desk.profile import Profile
from desk.texts import Language, Text


class Missing(NamedTuple):
    """A text that lacks a language of its desk, by its key in the profile, and what stands `instead`."""

    key: str
    language: Language
    instead: Language


def texts_of(profile: Profile) -> Iterator[tuple[str, Text]]:
    """Every text of the profile with its key, such as `form[serial].where`."""
    yield from _texts(profile, "")


def missing_texts(profile: Profile) -> tuple[Missing, ...]:
    """What falls back to another language, in the order of the schema."""
    return tuple(
        Missing(key, language, text.language_for(language))
        for key, text in texts_of(profile)
        for language in profile.languages
        if language not in text.languages
    )


def _texts(part: object, key: str) -> Iterator[tuple[str, Text]]:
    if isinstance(part, Text):
        yield key, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name), f"{key}.{name}" if key else name)
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for number, entry in enumerate(part, start=1):
            yield from _texts(entry, f"{key}[{getattr(entry, 'key', number)}]")
