"""The desk profile: everything that makes one desk differ from another, read from a TOML file."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field as Constraint
from pydantic import ValidationError, field_validator, model_validator

from desk.calendar import Calendar
from desk.faults import ProfileError, explain, fault
from desk.fields import AttachmentsField, Field, SerialField, TextField
from desk.hours import Hours
from desk.schema import Flag, Key, Model, Number
from desk.targets import ClockName, Priority, Target
from desk.texts import LANGUAGES, Language, Text

Moment = Literal["start", "review", "faq"]


class Notice(Model):
    """Something the customer has to be told, shown `at` the start, under the review or with the FAQ."""

    key: Key
    text: Text
    at: Moment


class Gate(Model):
    """A yes-or-no question before the form. Yes shows the notice, and ends the intake only if `blocks`."""

    key: Key
    question: Text
    notice: Text
    blocks: Flag = False


class FaqEntry(Model):
    """A question that customers often have, and its answer.

    `words` are further words that people search for and that neither question nor answer has.
    """

    key: Key
    question: Text
    answer: Text
    words: Text | None = None


class Profile(Model):
    """One desk. `languages` are in the order they are offered, the first is what others fall back to.

    `zone` is an IANA name; customers and agents see times in it. `relay` says which of an agent's messages go
    out, all or only replies; `agent_names` whether customers see who answers. A resolved ticket closes after
    `solved_silence_hours` of silence by the calendar; a closed one can be reopened for `reopen_days`; an
    unfinished draft is kept for `draft_days`.

    `triage`, `reaction`, `next_response` and `solution` are the desk's targets for every ticket; a ticket's
    priority may set its own. `priorities` are in the order agents choose from, the most urgent first;
    `default_priority` is what a ticket opens with, none where an agent has to decide. `promised` lists the
    clocks whose deadlines the customer is told; the others are the desk's own matter.
    """

    key: Key
    name: Text
    languages: tuple[Language, ...] = Constraint(default=LANGUAGES, min_length=1)
    zone: str
    welcome: Text
    notices: tuple[Notice, ...] = ()
    gates: tuple[Gate, ...] = ()
    advice: Text | None = None
    faq: tuple[FaqEntry, ...] = ()
    form: tuple[Field, ...] = Constraint(min_length=1)
    hours: Hours | None = None
    triage: Target | None = None
    reaction: Target | None = None
    next_response: Target | None = None
    solution: Target | None = None
    priorities: tuple[Priority, ...] = Constraint(default=(), max_length=8)
    default_priority: Key | None = None
    promised: tuple[ClockName, ...] = (ClockName.REACTION, ClockName.SOLUTION)
    relay: Literal["messages", "replies"] = "messages"
    agent_names: Flag = False
    solved_silence_hours: Annotated[Number, Constraint(ge=1, le=24 * 366)] = 72
    reopen_days: Annotated[Number, Constraint(ge=0, le=3660)] = 14
    draft_days: Annotated[Number, Constraint(ge=1, le=366)] = 7
    first_ticket_number: Annotated[Number, Constraint(ge=1, le=999_999_999)] = 1001

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            raise fault("is no time zone", 'write an IANA name, such as "Europe/Moscow"') from None
        return value

    @field_validator("languages", "form", "gates", "faq", "notices", "priorities", "promised")
    @classmethod
    def _named_once(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        seen = set()
        for entry in entries:
            place, name = ("[]", entry) if isinstance(entry, str) else ("[].key", entry.key)
            if name in seen:
                raise fault("is there twice", "keep one, or change the other", place, name)
            seen.add(name)
        return entries

    @field_validator("form")
    @classmethod
    def _form_makes_a_ticket(cls, form: tuple[Field, ...]) -> tuple[Field, ...]:
        roles = [field.role for field in form if isinstance(field, TextField) and field.role]
        if "description" not in roles:
            raise fault("has no description", 'give one text field role = "description"')
        for role in ("subject", "description"):
            if roles.count(role) > 1:
                raise fault("is given to two fields", "let one field have the role", "[].role", role)
        early = next((field for field in form[:-1] if isinstance(field, AttachmentsField)), None)
        if early is not None:
            raise fault("is not the last step", "move it to the end", f"[{early.key}]", early.kind)
        return form

    @model_validator(mode="after")
    def _default_priority_exists(self) -> Self:
        keys = [priority.key for priority in self.priorities]
        if self.default_priority is not None and self.default_priority not in keys:
            mend = f"write one of {', '.join(keys)}" if keys else "add [[priorities]], or remove it"
            raise fault("is no priority of this desk", mend, "default_priority", self.default_priority)
        return self

    @model_validator(mode="after")
    def _targets_can_be_met(self) -> Self:
        if self.hours is not None and (any(self.hours.week) or any(self.hours.open.values())):
            return self
        for place, owner in (("", self), *((f"priorities[{one.key}].", one) for one in self.priorities)):
            for name in ClockName:
                target: Target | None = getattr(owner, name)
                if target is None or (target.clock == "calendar" and target.starts == "received"):
                    continue
                key, value = (
                    ("clock", target.clock) if target.clock == "business" else ("starts", target.starts)
                )
                mend = 'add [hours], or write clock = "calendar"' if key == "clock" else "add [hours]"
                raise fault("needs hours that open", mend, f"{place}{name}.{key}", value)
        return self

    @property
    def fallback(self) -> Language:
        """The language of last resort: the first one offered."""
        return self.languages[0]

    @property
    def serial_field(self) -> SerialField | None:
        """The first field that asks for a serial number."""
        return next((field for field in self.form if isinstance(field, SerialField)), None)

    @property
    def attachments_field(self) -> AttachmentsField | None:
        """The field that gathers files; always the last one."""
        return next((field for field in self.form if isinstance(field, AttachmentsField)), None)

    @property
    def subject_field(self) -> TextField | None:
        """The field whose answer titles the ticket."""
        return self._text_field("subject")

    @property
    def description_field(self) -> TextField:
        """The field that tells the problem; every profile has one."""
        field = self._text_field("description")
        assert field is not None, "the schema demands a description"
        return field

    def _text_field(self, role: str) -> TextField | None:
        fields = (field for field in self.form if isinstance(field, TextField))
        return next((field for field in fields if field.role == role), None)

    def field(self, key: str) -> Field:
        """The field with this key; raises KeyError."""
        for field in self.form:
            if field.key == key:
                return field
        raise KeyError(key)

    def priority(self, key: str | None) -> Priority | None:
        """The priority with this key; None where the profile has none such, or has it no more."""
        return next((priority for priority in self.priorities if priority.key == key), None)

    def target(self, clock: ClockName, priority: str | None) -> Target | None:
        """Within how long a ticket of this priority has to be dealt with; None for no deadline."""
        chosen = self.priority(priority)
        own: Target | None = getattr(chosen, clock, None)
        if own is not None:
            return own
        if chosen is not None and chosen.agreed and clock in (ClockName.REACTION, ClockName.SOLUTION):
            return None
        desks: Target | None = getattr(self, clock)
        return desks

    def notices_at(self, moment: Moment) -> tuple[Notice, ...]:
        """The notices that belong to a moment, in the profile's order."""
        return tuple(notice for notice in self.notices if notice.at == moment)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The desk's zone, for showing times."""
        return ZoneInfo(self.zone)

    @cached_property
    def calendar(self) -> Calendar | None:
        """The desk's business time; None where no hours are published."""
        return None if self.hours is None else Calendar(self.hours, self.zone)

    @property
    def solved_silence(self) -> timedelta:
        """How long a resolved ticket waits for an objection, by the calendar."""
        return timedelta(hours=self.solved_silence_hours)

    @property
    def reopen_window(self) -> timedelta:
        """How long after its close a ticket can be reopened, by the calendar."""
        return timedelta(days=self.reopen_days)

    @property
    def draft_life(self) -> timedelta:
        """How long an untouched draft is kept, by the calendar."""
        return timedelta(days=self.draft_days)


_PARTS = (
    Profile,
    Notice,
    Gate,
    FaqEntry,
    Target,
    Priority,
    Hours,
    TextField,
    SerialField,
    AttachmentsField,
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
    source, content = _read(name_or_path)
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise ProfileError(source, place, "is not UTF-8", "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(source, "", f"is not TOML: {error}", "mend the line") from None
    return parse_profile(data, source)


def parse_profile(data: Mapping[str, Any], source: str) -> Profile:
    """A profile from parsed TOML; *source* names the file in a ProfileError."""
    try:
        return Profile.model_validate(data, context={"languages": _offered(data)})
    except ValidationError as error:
        raise explain(error, source, data, _KNOWN_KEYS) from None


def _offered(data: Mapping[str, Any]) -> tuple[Language, ...]:
    """The fallback order of texts, wanted before the profile as a whole is known to be right."""
    languages = data.get("languages", LANGUAGES)
    if not isinstance(languages, list | tuple):
        return LANGUAGES
    return tuple(language for language in languages if language in LANGUAGES)


def _read(name_or_path: str) -> tuple[str, bytes]:
    path = Path(name_or_path)
    if name_or_path in shipped_profiles():
        shipped = resources.files("desk") / "profiles" / f"{name_or_path}.toml"
        return shipped.name, shipped.read_bytes()
    try:
        return str(path), path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        desks = ", ".join(shipped_profiles())
        raise ProfileError(
            name_or_path or '""',
            "",
            f"is neither a shipped desk nor a readable file ({reason})",
            f"use one of {desks}, or the path to a TOML file",
        ) from None
