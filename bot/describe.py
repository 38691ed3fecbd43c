"""`talon check --desk`: a desk as a person would describe it, and the next twelve months of its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from babel.dates import format_date
from rich.console import Console
from rich.table import Table

from bot.settings import group_setting
from desk.calendar import Calendar, Span
from desk.coverage import missing_texts
from desk.departments import Department
from desk.fields import AttachmentsField, ChoiceField, Field
from desk.hours import Window
from desk.profile import Profile
from desk.targets import ClockName, Target

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LANGUAGES = {"ru": "Russian", "en": "English", "lv": "Latvian"}
_CLOCKS = {
    ClockName.TRIAGE: "triage",
    ClockName.REACTION: "first answer",
    ClockName.NEXT_RESPONSE: "later answers",
    ClockName.SOLUTION: "solution",
}
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MONTHS = 12


def describe(profile: Profile, today: date, console: Console | None = None) -> None:
    """Print what the desk asks, promises and tells, and when it works from *today* on, in its own zone."""
    console = console or Console(highlight=False)
    for line in _lines(profile):
        console.print(line, markup=False)
    console.print()
    calendar = profile.calendar
    if calendar is None:
        console.print("Calendar: no hours are published.")
        return
    console.print(_months(profile, calendar, today))
    for year in sorted({first.year for first in _firsts(today)}):
        if not calendar.knows_moved_days(year):
            console.print(
                f"! {year}: the days that the government moves are not known yet; "
                "add them under hours.closed and hours.open once they are, or update Talon."
            )


def _lines(profile: Profile) -> Iterator[str]:
    yield f"{_say(profile.name)} ({profile.key})"
    offered = ", ".join(_LANGUAGES[language] for language in profile.languages)
    yield f"Languages: {offered}; what is missing falls back in this order."
    missing = missing_texts(profile)
    for text in missing:
        yield f"! {text.key} has no {_LANGUAGES[text.language]} and falls back."
    yield f"Time zone: {profile.zone}"
    yield f"Hours: {_week(profile)}"
    yield from _promises(profile)
    yield from _before_the_form(profile)
    yield from _forms(profile)
    for answer in profile.canned:
        yield f"Canned answer of agents, /canned {answer.key}: {_say(answer.label)}"
    questions = len(profile.faq)
    yield f"Frequent questions: {questions or 'none'}"
    yield from _reasons(profile)
    yield (
        f"A resolved or refused ticket closes after {profile.solved_silence_hours} hours of silence, "
        f"a closed one can be reopened for {profile.reopen_days} days, "
        f"a draft is kept for {profile.draft_days} days."
    )
    reminder = profile.close_reminder
    before = "is not reminded" if reminder is None else f"is reminded {reminder / _HOUR:g} hours before"
    rated = "is asked for 1 to 5 stars" if profile.asks_rating else "is not asked for stars"
    yield f"The customer {before} silence closes a ticket, and {rated} once it is closed."
    yield from _privacy(profile)
    for department in profile.departments:
        yield _department(profile, department)
    if profile.assign == "automatic":
        yield "A new ticket goes to whoever is on duty (/duty) and has the least to do."
    else:
        yield "A new ticket waits until an agent takes it, or assigns it to another."
    out = "every message" if profile.relay == "messages" else "only replies"
    named = "see" if profile.agent_names else "do not see"
    if profile.reply_minutes is not None:
        yield f"For an answer at least {profile.reply_minutes} minutes are booked."
    yield f"Of what agents write in a thread, {out} goes out; customers {named} who answers."
    why = "are told why" if profile.ban_reasons else "are not told why"
    yield f"Customers whom an administrator bans {why}."


def _privacy(profile: Profile) -> Iterator[str]:
    privacy = profile.privacy
    if privacy is None:
        yield "! Personal data: nobody is asked to agree, for there is no [privacy]."
        return
    said = "in our words" if privacy.consent is None else f"“{_say(privacy.consent)}”"
    rules = f", rules at {_say(privacy.url)}" if privacy.url is not None else ""
    yield f"Personal data: customers agree first, {said}{rules} (version {privacy.version})."
    days = privacy.retention_days
    kept = "until their customer erases it" if days is None else f"for {days} days after they were closed"
    threads = "are deleted with it" if privacy.erase_threads else "stay"
    yield f"Tickets keep personal data {kept}; their threads {threads}."


def _say(text: object) -> str:
    spoken: str = text.in_language("en")  # type: ignore[attr-defined]
    return " ".join(spoken.split())


def _week(profile: Profile) -> str:
    if profile.hours is None:
        return "not published"
    days = [(name, _windows(windows)) for name, windows in zip(_DAYS, profile.hours.week, strict=True)]
    parts = []
    for windows, same in groupby(days, key=lambda day: day[1]):
        names = [name for name, _ in same]
        if windows:
            parts.append(
                f"{names[0]} to {names[-1]} {windows}" if len(names) > 1 else f"{names[0]} {windows}"
            )
    holidays = f", closed on public holidays ({profile.hours.holidays})" if profile.hours.holidays else ""
    if holidays and not profile.hours.moved_days_off:
        holidays += ", open on working days moved off by decree"
    return ("; ".join(parts) or "only on single dates") + holidays


def _windows(windows: tuple[Window, ...]) -> str:
    return ", ".join(f"{_time(window.start)}–{_time(window.end)}" for window in windows)


def _time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _promises(profile: Profile) -> Iterator[str]:
    own = [name for name in ClockName if getattr(profile, name) is not None]
    for name in own:
        told = "told to the customer" if name in profile.promised else "for the agents alone"
        yield f"Target, {_CLOCKS[name]}: {_target(getattr(profile, name))} ({told})"
    for priority in profile.priorities:
        targets = [
            f"{_CLOCKS[name]} {_target(target)}"
            for name in ClockName
            if (target := getattr(priority, name)) is not None
        ]
        if priority.agreed:
            targets.append("to be agreed with an agent")
        first = ", the first of a new ticket" if priority.key == profile.default_priority else ""
        rest = [_CLOCKS[name] for name in own if profile.target(name, priority.key) == getattr(profile, name)]
        if targets and rest:
            targets.append(f"{' and '.join(rest)} as above")
        otherwise = "the targets above" if own else "no deadline of its own"
        yield f"Priority {_say(priority.label)}: {', '.join(targets) or otherwise}{first}"
    if not own and not profile.priorities:
        yield "Targets: none, nothing is promised"


def _reasons(profile: Profile) -> Iterator[str]:
    for reason in profile.reasons:
        what = {"postpone": "postpone", "refuse": "refuse", None: "postpone or refuse"}[reason.when]
        yield f"Reason to {what}: {_say(reason.text)}"
    if not profile.reasons:
        yield "Reasons to postpone or refuse: none, so agents cannot"


def _target(target: Target) -> str:
    number, unit = (target.hours, "hour") if target.hours is not None else (target.days, "day")
    assert number is not None
    kind = "working " if target.clock == "business" else ""
    start = ", from the next opening on" if target.starts == "opening" and target.clock == "calendar" else ""
    return f"{number:g} {kind}{unit}{'' if number == 1 else 's'}{start}"


def _before_the_form(profile: Profile) -> Iterator[str]:
    if profile.intake == "talk":
        yield "No form: what customers write begins a conversation."
        assert profile.channel is not None
        yield f"  They are told: {_say(profile.channel)}"
        return
    for gate in profile.gates:
        then = "then it ends" if gate.blocks else "who says yes may still go on"
        yield f"Before the form, {_for(gate.only)}: “{_say(gate.question)}” ({then})"
    if profile.advice is not None:
        yield f"Advice before the form: {_say(profile.advice)}"
    for notice in profile.notices:
        yield f"Notice at {notice.at}, {_for(notice.only)}: {_say(notice.text)}"


def _for(only: tuple[str, ...] | None) -> str:
    return "for all" if only is None else f"for {', '.join(only)}"


def _forms(profile: Profile) -> Iterator[str]:
    if profile.intake == "talk":
        return
    for each in profile.types:
        if each.end is not None:
            yield f"Type {_say(each.label)}: makes no ticket; {_say(each.end)}"
            continue
        needs = f", only for customers marked {each.needs}" if each.needs else ""
        priority = f", priority {each.priority}" if each.priority else ""
        yield f"Type {_say(each.label)}{needs}{priority} asks: {_asked(profile, each.key)}"
    if not profile.types:
        yield f"The form asks: {_asked(profile, None)}"
    for mark in profile.marks:
        urgent = f", priority {mark.priority}" if mark.priority else ""
        yield f"Mark that agents give: {_say(mark.label)}{urgent}"


def _department(profile: Profile, department: Department) -> str:
    begin = ", ".join(department.types or ())
    if department is profile.departments[0]:
        begin = f"{begin} and what no department lists" if begin else "what no department lists"
    phone = f", {department.phone}" if department.phone else ""
    told = "customers are told of a move" if department.moved else "customers are told of no move"
    own = f"{group_setting(department.key)} can give it a group of its own"
    return f"Department {_say(department.label)}{phone}: begins with {begin or 'nothing'}; {told}; {own}"


def _asked(profile: Profile, type_key: str | None) -> str:
    return "; ".join(_field(field, type_key) for field in profile.questions(type_key).fields)


def _field(field: Field, type_key: str | None) -> str:
    words = [_say(field.label)]
    if isinstance(field, ChoiceField):
        words.append(f"(one of {len(field.options)})")
    if isinstance(field, AttachmentsField):
        words.append(f"({field.least(type_key)} to {field.max_count} files)")
    elif not field.is_required(type_key):
        words.append("(optional)")
    return " ".join(words)


def _months(profile: Profile, calendar: Calendar, today: date) -> Table:
    table = Table("Month", "Hours open", "Days that differ from the week", title="The next twelve months")
    for first in _firsts(today):
        days = [first + number * _DAY for number in range((_following(first) - first).days)]
        opened = sum((span.end - span.start for day in days for span in calendar.windows(day)), timedelta())
        table.add_row(
            format_date(first, "LLLL yyyy", locale="en"),
            f"{opened.total_seconds() / 3600:g}",
            ", ".join(_exceptions(profile, calendar, days)) or "none",
        )
    return table


def _firsts(today: date) -> Iterator[date]:
    """The first days of the twelve months, this one included."""
    first = today.replace(day=1)
    for _ in range(_MONTHS):
        yield first
        first = _following(first)


def _following(first: date) -> date:
    return (first + 32 * _DAY).replace(day=1)


def _exceptions(profile: Profile, calendar: Calendar, days: list[date]) -> Iterator[str]:
    assert profile.hours is not None
    for day in days:
        usual = profile.hours.week[day.weekday()]
        now = [_wall(span, profile) for span in calendar.windows(day)]
        if now != [(window.start, window.end) for window in usual]:
            name = format_date(day, "d MMM (EEE)", locale="en")
            yield f"{name} {', '.join(f'{_time(a)}–{_time(b)}' for a, b in now) or 'closed'}"


def _wall(span: Span, profile: Profile) -> tuple[int, int]:
    start, end = (moment.astimezone(profile.timezone) for moment in span)
    until = end.hour * 60 + end.minute
    return start.hour * 60 + start.minute, until if end.date() == start.date() else 24 * 60


def today_at(profile: Profile) -> date:
    """The date in the desk's zone."""
    return datetime.now(UTC).astimezone(profile.timezone).date()
