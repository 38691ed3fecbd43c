"""A wrong profile, told in one line: the file, the key, the value, what is wrong and the mend."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_ABSENT = object()
# How much of a value is shown, and of the key by which an entry is named.
_SHOWN = 60
_NAME = 30


class ProfileError(ValueError):
    """A desk profile that cannot be used. Its text is one line for the person who wrote the file."""

    def __init__(self, source: str, key: str, problem: str, mend: str, value: object = _ABSENT) -> None:
        self.source = source
        self.key = key
        self.problem = problem
        self.mend = mend
        self.value = None if value is _ABSENT else value
        shown = "" if value is _ABSENT else f" = {_show(value)}"
        place = f"{key}{shown}: " if key else ""
        super().__init__(f"{source}: {place}{problem}; {mend}")


def fault(problem: str, mend: str, key: str = "", value: object = _ABSENT) -> PydanticCustomError:
    """What a validator raises. *key* and *value* are needed only where pydantic cannot know them."""
    context: dict[str, Any] = {"problem": problem, "mend": mend, "key": key}
    if value is not _ABSENT:
        context["value"] = value
    return PydanticCustomError("profile", "{problem}; {mend}", context)


def explain(
    error: ValidationError, source: str, data: Mapping[str, Any], known: Iterable[str]
) -> ProfileError:
    """The first fault of *error* as a ProfileError; *known* are the keys of the schema, to mend a slip."""
    details = error.errors(include_url=False)
    first = _deepest_first(details)
    place = _locate(first["loc"], data)
    context = first.get("ctx", {})
    if first["type"] == "profile":
        problem, mend = str(context["problem"]), str(context["mend"])
        if context["key"]:
            joint = "" if context["key"].startswith("[") or not place.key else "."
            place = _Place(place.key + joint + context["key"], context.get("value", _ABSENT))
    else:
        if first["type"].startswith("union_tag") and isinstance(place.value, Mapping):
            place = _Place(f"{place.key}.kind", place.value.get("kind", _ABSENT))
        problem, mend = _in_words(first, context, place.key, known)
    if len(details) > 1:
        mend += f" (and {len(details) - 1} more)"
    return ProfileError(source, place.key, problem, mend, place.value)


def _deepest_first(details: list[ErrorDetails]) -> ErrorDetails:
    """An unknown key first: what is "missing" beside it is mostly the same key, misspelt."""
    unknown = [one for one in details if one["type"] == "extra_forbidden"]
    return (unknown or details)[0]


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    value: object


def _locate(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> _Place:
    """The key as a reader of the file would name it: `form[serial].digits`, a nameless entry by number."""
    key = ""
    at: Any = data
    for position, step in enumerate(loc):
        if isinstance(step, int) and isinstance(at, list | tuple):
            at = at[step]
            name = at.get("key") if isinstance(at, Mapping) else None
            key += f"[{_short(name, _NAME) if isinstance(name, str) else step + 1}]"
        elif step == "[key]":  # pydantic's own mark: the key of the entry is at fault, not its value
            at = loc[position - 1]
        elif isinstance(at, Mapping):
            entry_of_union = position > 0 and isinstance(loc[position - 1], int) and at.get("kind") == step
            if entry_of_union:
                continue
            key += f".{step}" if key else str(step)
            at = at.get(str(step), _ABSENT)
    return _Place(key, at)


def _in_words(
    error: ErrorDetails, context: Mapping[str, Any], key: str, known: Iterable[str]
) -> tuple[str, str]:
    """Problem and mend for the faults that pydantic itself finds."""
    match error["type"]:
        case "missing":
            return "is missing", "add it"
        case "extra_forbidden":
            name = key.rsplit(".", 1)[-1]
            close = [each for each in difflib.get_close_matches(name, list(known), n=1) if each != name]
            return "is not a key of this table", f"write {close[0]!r}" if close else "remove it"
        case "literal_error" | "enum":
            return "is none of the choices", f"write {context['expected']}"
        case "union_tag_invalid":
            return "is none of the choices", f"write one of {context['expected_tags']}"
        case "union_tag_not_found":
            return "is missing", 'add kind = "text", or another kind of field'
        case "greater_than_equal":
            return "is too small", f"write {_plain(context['ge'])} or more"
        case "greater_than":
            return "is too small", f"write more than {_plain(context['gt'])}"
        case "less_than_equal":
            return "is too large", f"write {_plain(context['le'])} or less"
        case "string_too_short":
            return "is empty", "write a text, or leave the key out where it is optional"
        case "string_too_long":
            return "is too long", f"shorten it to {context['max_length']} characters"
        case "too_short":
            return "has too few entries", f"list at least {context['min_length']}"
        case "too_long":
            return "has too many entries", f"list at most {context['max_length']}"
        case "string_pattern_mismatch":
            return "is not a key", "write small Latin letters, digits and _, a letter first"
        case "string_type":
            return "is not a text", 'write it in quotes: "…"'
        case "int_type" | "int_from_float":
            return "is not a whole number", "write digits without quotes"
        case "float_type":
            return "is not a number", "write digits without quotes"
        case "finite_number":
            return "is no number to count with", "write digits, such as 4 or 0.5"
        case "bool_type":
            return "is neither true nor false", "write true or false without quotes"
        case "tuple_type" | "frozen_set_type":
            return "is not a list", "write [ … ]"
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            return "is not a table", "write a table: [name] on a line of its own, or { … }"
        case kind if kind.startswith("date"):
            return "is not a date", "write year-month-day, such as 2026-12-24"
        case _:
            return error["msg"].replace("\n", " "), "see docs/profiles.md"


def _plain(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)


def _show(value: object) -> str:
    """A value as it stands in a TOML file, on one line and short."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, str):
        text = f'"{_short(value, _SHOWN)}"'
    elif isinstance(value, Mapping):
        text = "{" + ", ".join(f"{name} = {_show(entry)}" for name, entry in value.items()) + "}"
    elif isinstance(value, list | tuple | set | frozenset):
        text = "[" + ", ".join(_show(entry) for entry in value) + "]"
    else:
        text = str(value)
    return _short(text, _SHOWN)


def _short(text: str, limit: int) -> str:
    """A text on one line, without what a terminal would obey."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
