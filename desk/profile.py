"""The desk profile: everything that makes one desk differ from another."""

from collections.abc import Collection
from datetime import timedelta
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field as Constraint
from pydantic import PrivateAttr, field_validator, model_validator

from desk import agreement
from desk.calendar import Calendar
from desk.canned import Canned
from desk.contacts import is_region
from desk.departments import Department
from desk.faq import FaqEntry
from desk.faults import fault
from desk.fields import Field, PhoneField, SerialField
from desk.gates import Gate
from desk.hours import Hours
from desk.notices import Moment, Notice
from desk.privacy import Privacy
from desk.questions import Questions, questions_of
from desk.reasons import Reason
from desk.schema import Flag, Key, Model, Number
from desk.targets import ClockName, Priority, Target
from desk.texts import LANGUAGES, Language, Text
from desk.types import Mark, Type

# How long before a close by silence customers are reminded, of a silence of weeks.
_LONGEST_REMINDER = timedelta(days=3)


class Profile(Model):
    """One desk: the keys at the top of the file.

    `key` is the desk's short name ("vendotek"), `name` what it is called. `languages` are in the order they
    are offered, the first is what others fall back to: `["lv", "en"]`. `zone` is an IANA name
    ("Europe/Riga"); customers and agents see times in it. `region` is the country of telephone numbers that
    come without a code, such as "LV". `welcome` greets; `advice` stands before the form, with a button into
    the `[[faq]]`: the place for "please look at the knowledge base first" and its link.

    `intake = "form"` asks the `[[form]]`, in the order of the file, after the type of the ticket if there are
    several `[[types]]` (`type_question` says how that is asked: "Which department do you need?").
    `intake = "talk"` takes no tickets: what customers write begins a conversation with the agents, who have a
    thread with a card and a number for it as for any ticket. `channel` tells customers where a ticket is
    really made ("Requests are taken at support@example.com"): with the welcome, and when a conversation
    begins, before anybody answers. The form, types and gates are not used then, and nothing is called a
    request.

    `assign = "automatic"` gives each new ticket to whoever is on duty (`/duty`) and has the least to do, in
    the ticket's department if the desk has `[[departments]]`; "by hand" waits for an agent to take it.

    When the desk works stands in `[hours]`, what it promises in its targets. `relay` says which of an
    agent's messages go out, all ("messages") or only replies ("replies"); `agent_names` whether customers
    see who answers; `ban_reasons` whether those whom the desk answers no more are told why. `reply_minutes`
    is the least time that is booked for a reply, where the desk accounts for it; `/time` books more.

    A resolved or refused ticket closes after `solved_silence_hours` of silence by the
    calendar; `remind_before_close_hours` before that the customer is reminded (0 for not at all; left out, a
    third of the silence and three days at most). A closed one can be reopened for `reopen_days`; an
    unfinished draft is kept for `draft_days`. The first ticket has the number `first_ticket_number`. `rating`
    says whether customers are asked for stars after the close; left out, they are where they open tickets,
    and not where they only talk.

    The `[[reasons]]` are what agents choose from who postpone or refuse a ticket; without any they cannot.

    `[triage]`, `[reaction]`, `[next_response]` and `[solution]` are the desk's targets for every ticket; its
    priority may set others. The `[[priorities]]` are in the order agents choose from, the most urgent first;
    `default_priority` is what a ticket opens with, none where an agent has to decide. `promised` lists the
    clocks whose deadlines the customer is told (reaction and solution, unless it says otherwise); the others
    are the desk's own matter. What customers agree to, and how long their data is kept,
    stands in `[privacy]`.
    """

    key: Key
    name: Text
    languages: tuple[Language, ...] = Constraint(default=LANGUAGES, min_length=1)
    zone: str
    region: str | None = None
    welcome: Text
    notices: tuple[Notice, ...] = ()
    gates: tuple[Gate, ...] = ()
    advice: Text | None = None
    faq: tuple[FaqEntry, ...] = ()
    intake: Literal["form", "talk"] = "form"
    channel: Text | None = None
    types: tuple[Type, ...] = Constraint(default=(), max_length=40)
    type_question: Text | None = None
    marks: tuple[Mark, ...] = Constraint(default=(), max_length=20)
    canned: tuple[Canned, ...] = Constraint(default=(), max_length=30)
    departments: tuple[Department, ...] = Constraint(default=(), max_length=12)
    form: tuple[Field, ...] = Constraint(default=(), max_length=30)
    hours: Hours | None = None
    triage: Target | None = None
    reaction: Target | None = None
    next_response: Target | None = None
    solution: Target | None = None
    priorities: tuple[Priority, ...] = Constraint(default=(), max_length=8)
    default_priority: Key | None = None
    reasons: tuple[Reason, ...] = Constraint(default=(), max_length=20)
    promised: tuple[ClockName, ...] = (ClockName.REACTION, ClockName.SOLUTION)
    assign: Literal["automatic", "by hand"] = "by hand"
    relay: Literal["messages", "replies"] = "messages"
    agent_names: Flag = False
    reply_minutes: Annotated[Number, Constraint(ge=1, le=480)] | None = None
    ban_reasons: Flag = False
    solved_silence_hours: Annotated[Number, Constraint(ge=1, le=24 * 366)] = 72
    remind_before_close_hours: Annotated[Number, Constraint(ge=0, le=24 * 366)] | None = None
    rating: Flag | None = None
    reopen_days: Annotated[Number, Constraint(ge=0, le=3660)] = 14
    draft_days: Annotated[Number, Constraint(ge=1, le=366)] = 7
    first_ticket_number: Annotated[Number, Constraint(ge=1, le=999_999_999)] = 1001
    privacy: Privacy | None = None

    # Where the profile was read from: pictures lie beside it.
    _folder: Traversable = PrivateAttr(default=Path())

    def model_post_init(self, context: Any) -> None:
        """Know where it lies, if whoever read it told."""
        self._folder = (context or {}).get("folder", self._folder)

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            raise fault("is no time zone", 'write an IANA name, such as "Europe/Moscow"') from None
        return value

    @field_validator("region")
    @classmethod
    def _region_exists(cls, value: str | None) -> str | None:
        if value is not None and not is_region(value):
            raise fault("is no country with telephone numbers", 'write its two capital letters, such as "RU"')
        return value

    @field_validator(
        "languages",
        "form",
        "gates",
        "faq",
        "notices",
        "types",
        "marks",
        "canned",
        "priorities",
        "reasons",
        "departments",
        "promised",
    )
    @classmethod
    def _named_once(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        seen = set()
        for entry in entries:
            place, name = ("[]", entry) if isinstance(entry, str) else ("[].key", entry.key)
            if name in seen:
                raise fault("is there twice", "keep one, or change the other", place, name)
            seen.add(name)
        return entries

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        agreement.check(self)
        return self

    @property
    def fallback(self) -> Language:
        """The language of last resort: the first one offered."""
        return self.languages[0]

    def questions(self, type_key: str | None) -> Questions:
        """What tickets of this type are asked; of None, what all types have in common."""
        return self._questions.get(type_key) or questions_of(self.form, type_key)

    @cached_property
    def _questions(self) -> dict[str | None, Questions]:
        return {key: questions_of(self.form, key) for key in (None, *(each.key for each in self.types))}

    def find_type(self, key: str | None) -> Type | None:
        """The type of that key, if the profile has it; the only type there is needs no choosing."""
        if len(self.types) == 1:
            return self.types[0]
        return next((each for each in self.types if each.key == key), None)

    @property
    def ticket_types(self) -> tuple[Type, ...]:
        """The types that make tickets; the others only tell customers where to go."""
        return tuple(each for each in self.types if each.end is None)

    def type_label(self, key: str | None, language: Language) -> str | None:
        """What a ticket's type is called; one that the profile no longer has, by its key."""
        known = next((each for each in self.types if each.key == key), None)
        return known.label.in_language(language) if known is not None else key

    def find_mark(self, key: str) -> Mark | None:
        """The mark of that key, if the profile has it."""
        return next((mark for mark in self.marks if mark.key == key), None)

    def find_canned(self, key: str) -> Canned | None:
        """The canned answer of that key, if the profile has it."""
        return next((each for each in self.canned if each.key == key), None)

    def department(self, key: str | None) -> Department | None:
        """The department of that key; the first, if there is none of that key any more; None without any."""
        known = (each for each in self.departments if each.key == key)
        return next(known, self.departments[0] if self.departments else None)

    def department_for(self, type_key: str | None) -> Department | None:
        """The department in which tickets of this type begin; None where the desk has none."""
        naming = (each for each in self.departments if each.types and type_key in each.types)
        return next(naming, self.department(None))

    @property
    def serial_field(self) -> SerialField | None:
        """The first field that asks for a serial number, which is what a link on the device fills in."""
        return next((field for field in self.form if isinstance(field, SerialField)), None)

    @property
    def is_talk(self) -> bool:
        """Whether customers only talk here, and tickets are made elsewhere."""
        return self.intake == "talk"

    def has_agreed(self, version: int | None) -> bool:
        """Whether whoever agreed to this version of the rules, None to none, need not be asked."""
        return self.privacy is None or version == self.privacy.version

    @property
    def has_phone(self) -> bool:
        """Whether a telephone number may be asked for."""
        return any(isinstance(field, PhoneField) for field in self.form)

    @cached_property
    def asked_once(self) -> frozenset[str]:
        """The keys of the fields that only a customer's first ticket asks."""
        return frozenset(field.key for field in self.form if getattr(field, "once", False))

    def field(self, key: str) -> Field:
        """The field with this key; raises KeyError."""
        for field in self.form:
            if field.key == key:
                return field
        raise KeyError(key)

    def priority(self, key: str | None) -> Priority | None:
        """The priority with this key; None where the profile has none such, or has it no more."""
        return next((priority for priority in self.priorities if priority.key == key), None)

    def first_priority(self, type_key: str | None, marks: Collection[str]) -> str | None:
        """The priority that a ticket of this type begins with: the most urgent of its type's and its
        customer's marks', else the profile's default.
        """
        kind = self.find_type(type_key)
        own = {kind.priority if kind is not None else None}
        own |= {mark.priority for mark in self.marks if mark.key in marks}
        return next((each.key for each in self.priorities if each.key in own), self.default_priority)

    def is_more_urgent(self, priority: str, than: str | None) -> bool:
        """Whether a priority of the profile stands before another; whatever has none is least urgent."""
        keys = [each.key for each in self.priorities]
        return than not in keys or keys.index(priority) < keys.index(than)

    def reasons_to(self, decision: str) -> tuple[Reason, ...]:
        """The reasons that may be given to "postpone" or to "refuse", in the profile's order."""
        return tuple(reason for reason in self.reasons if reason.when in (None, decision))

    def find_reason(self, key: str | None) -> Reason | None:
        """The reason with this key; None where the profile has none such, or has it no more."""
        return next((reason for reason in self.reasons if reason.key == key), None)

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

    def picture(self, name: str) -> bytes:
        """The content of a picture that a field names. Raises OSError if it is gone since the start."""
        return (self._folder / name).read_bytes()

    def notices_at(self, moment: Moment, type_key: str | None = None) -> tuple[Notice, ...]:
        """The notices that belong to a moment, for tickets of this type, in the profile's order."""
        return tuple(
            notice
            for notice in self.notices
            if notice.at == moment and (notice.only is None or type_key in notice.only)
        )

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
    def close_reminder(self) -> timedelta | None:
        """How long before the close by silence the customer is reminded; None for not at all."""
        hours = self.remind_before_close_hours
        if hours is None:
            return min(self.solved_silence / 3, _LONGEST_REMINDER)
        return timedelta(hours=hours) or None

    @property
    def asks_rating(self) -> bool:
        """Whether customers are asked for stars once their ticket is closed."""
        return not self.is_talk if self.rating is None else self.rating

    @property
    def reopen_window(self) -> timedelta:
        """How long after its close a ticket can be reopened, by the calendar."""
        return timedelta(days=self.reopen_days)

    @property
    def draft_life(self) -> timedelta:
        """How long an untouched draft is kept, by the calendar."""
        return timedelta(days=self.draft_days)
