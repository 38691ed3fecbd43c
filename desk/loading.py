"""Reading a desk profile from its file, with a word for every mistake in it."""

import tomllib
from collections.abc import Hashable, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.canned import Canned
from desk.departments import Department
from desk.faq import FaqEntry
from desk.faults import ProfileError, explain
from desk.fields import KINDS, Option, SerialField
from desk.gates import Gate
from desk.hours import Hours
from desk.notices import Notice
from desk.pictures import picture_fault
from desk.privacy import Privacy
from desk.profile import Profile
from desk.reasons import Reason
from desk.schema import Model
from desk.targets import Priority, Target
from desk.texts import LANGUAGES, Language, Text
from desk.types import Mark, Type

_PARTS: tuple[type[Model], ...] = (
    Profile,
    Notice,
    Gate,
    FaqEntry,
    Target,
    Priority,
    Hours,
    Type,
    Mark,
    Reason,
    Canned,
    Department,
    Option,
    Privacy,
    *KINDS,
    Text,
)
_KNOWN_KEYS = frozenset(name for part in _PARTS for name in part.model_fields)


def shipped_profiles() -> tuple[str, ...]:
    """The names of the desks that come with the package."""
    folder = resources.files("desk") / "profiles"
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def load_profile(name_or_path: str) -> Profile:
    """The desk of this name, shipped with the package, or of this TOML file. Raises ProfileError."""
    folder, source, content = _read(name_or_path)
    assert isinstance(folder, Hashable)
    return _parse(folder, source, content)


# Nothing in a profile can change, so that one is enough for many desks in a process.
@cache
def _parse(folder: Traversable, source: str, content: bytes) -> Profile:
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise ProfileError(source, place, "is not UTF-8", "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(source, "", f"is not TOML: {error}", "mend the line") from None
    return parse_profile(data, source, folder)


def parse_profile(data: Mapping[str, Any], source: str, folder: Traversable = Path()) -> Profile:
    """A profile from parsed TOML; *source* names the file in a ProfileError, *folder* is where it lies."""
    try:
        profile = Profile.model_validate(data, context={"languages": _offered(data), "folder": folder})
    except ValidationError as error:
        raise explain(error, source, data, _KNOWN_KEYS) from None
    for field in profile.form:
        if isinstance(field, SerialField) and field.picture is not None:
            problem = picture_fault(folder / field.picture)
            if problem is not None:
                mend = "name a JPEG or PNG file beside the profile, or leave the key out"
                raise ProfileError(source, f"form[{field.key}].picture", problem, mend, field.picture)
    return profile


def _offered(data: Mapping[str, Any]) -> tuple[Language, ...]:
    """The fallback order of texts, wanted before the profile as a whole is known to be right."""
    languages = data.get("languages", LANGUAGES)
    if not isinstance(languages, list | tuple):
        return LANGUAGES
    return tuple(language for language in languages if language in LANGUAGES)


def _read(name_or_path: str) -> tuple[Traversable, str, bytes]:
    path = Path(name_or_path)
    if name_or_path in shipped_profiles():
        folder = resources.files("desk") / "profiles"
        shipped = folder / f"{name_or_path}.toml"
        return folder, shipped.name, shipped.read_bytes()
    try:
        return path.parent, str(path), path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        desks = ", ".join(shipped_profiles())
        raise ProfileError(
            name_or_path or '""',
            "",
            f"is neither a shipped desk nor a readable file ({reason})",
            f"use one of {desks}, or the path to a TOML file",
        ) from None
