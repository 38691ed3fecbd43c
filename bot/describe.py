"""`talon check --desk`: a desk as a person would describe it, and the next twelve months of its calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from rich.console import Console

from bot.months import clock, months, unknown_years
from bot.settings import group_setting
from desk.coverage import missing_texts
from desk.departments import Department
from desk.fields import AttachmentsField, ChoiceField, Field, SerialField
from desk.hours import Window
from desk.notices import Moment
from desk.profile import Profile
from desk.targets import ClockName, Target
from desk.texts import Language, Text

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LANGUAGES: dict[Language, str] = {"ru": "Russian", "en": "English", "lv": "Latvian"}
_CLOCKS = {
    ClockName.TRIAGE: "triage",
    ClockName.REACTION: "first answer",
    ClockName.NEXT_RESPONSE: "later answers",
    ClockName.SOLUTION: "solution",
}
_MOMENTS: dict[Moment, str] = {
    "start": "with the welcome",
    "form": "before the form",
    "review": "below the review",
    "opened": "once the ticket has its number",
    "faq": "with the frequent questions",
}
_HOUR = timedelta(hours=1)


def describe(profile: Profile, today: date, console: Console | None = None) -> None:
    """Print what the desk asks, promises and tells, and when it works from *today* on, in its own zone."""
    console = console or Console(highlight=False)
    for line in _lines(profile):
        console.print(line, markup=False)
    console.print()
    if profile.calendar is None:
        console.print("Calendar: no hours are published.")
        return
    console.print(months(profile, profile.calendar, today))
    for year in unknown_years(profile, today):
        console.print(
            f"! {year}: the days that the government moves are not known yet; "
            "add them under hours.closed and hours.open once they are, or update Talon."
        )


def _lines(profile: Profile) -> Iterator[str]:
    yield f"{_say(profile.name)} ({profile.key})"
    yield from _languages(profile)
    yield f"Time zone: {profile.zone}"
    yield f"Hours: {_week(profile)}"
    yield from _promises(profile)
    yield f"Welcome: {_say(profile.welcome)}"
    yield from _before_the_form(profile)
    yield from _forms(profile)
    for answer in profile.canned:
        yield f"Canned answer of agents, /canned {answer.key}: {_say(answer.label)}"
    questions = " ".join(_say(entry.question) for entry in profile.faq)
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
    yield f"The first ticket has the number {profile.first_ticket_number}."


def _languages(profile: Profile) -> Iterator[str]:
    offered = ", ".join(_LANGUAGES[language] for language in profile.languages)
    yield f"Languages: {offered}; a text that lacks one is shown in the first of these that it has."
    for text in missing_texts(profile):
        yield f"! {text.key} has no {_LANGUAGES[text.language]}: it is shown in {_LANGUAGES[text.instead]}."


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


def _say(text: Text) -> str:
    return " ".join(text.in_language("en").split())


def _quoted(texts: Iterable[Text]) -> str:
    return ", ".join(f"“{_say(text)}”" for text in texts)


def _week(profile: Profile) -> str:
    hours = profile.hours
    if hours is None:
        return "not published"
    days = [(name, _windows(windows)) for name, windows in zip(_DAYS, hours.week, strict=True)]
    parts = []
    for windows, same in groupby(days, key=lambda day: day[1]):
        names = [name for name, _ in same]
        if windows:
            parts.append(
                f"{names[0]} to {names[-1]} {windows}" if len(names) > 1 else f"{names[0]} {windows}"
            )
    holidays = f", closed on public holidays ({hours.holidays})" if hours.holidays else ""
    if holidays and not hours.moved_days_off:
        holidays += ", open on working days moved off by decree"
    if holidays and hours.work_on_moved_days:
        holidays += ", open on weekend days made working days by decree"
    return ("; ".join(parts) or "only on single dates") + holidays


def _windows(windows: tuple[Window, ...]) -> str:
    return ", ".join(f"{clock(window.start)}–{clock(window.end)}" for window in windows)


def _promises(profile: Profile) -> Iterator[str]:
    own = [name for name in ClockName if getattr(profile, name) is not None]
    some = [name for name in ClockName if any(getattr(one, name) for one in profile.priorities)]
    for name in (name for name in ClockName if name in own or name in some):
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
        rest = [_CLOCKS[name] for name in own if profile.target(name, priority.key) == getattr(profile, name)]
        if targets and rest:
            targets.append(f"{' and '.join(rest)} as above")
        otherwise = "the targets above" if own else "no deadline of its own"
        yield f"Priority {_say(priority.label)}: {', '.join(targets) or otherwise}"
    first = profile.priority(profile.default_priority)
    if first is not None:
        where = ", unless its type or a mark says otherwise" if _says_priority(profile) else ""
        yield f"A new ticket has the priority “{_say(first.label)}”{where}."
    elif profile.priorities:
        where = ", unless its type or a mark gives it one" if _says_priority(profile) else ""
        yield f"A new ticket has no priority until an agent sets one{where}."
    if not own and not profile.priorities:
        yield "Targets: none, nothing is promised"


def _says_priority(profile: Profile) -> bool:
    types, marks = profile.types, profile.marks
    return any(each.priority for each in types) or any(mark.priority for mark in marks)


def _reasons(profile: Profile) -> Iterator[str]:
    for reason in profile.reasons:
        what = {"postpone": "postpone", "refuse": "refuse", None: "postpone or refuse"}[reason.when]
        yield f"Reason to {what}: {_say(reason.text)}"
    if not profile.reasons:
        yield "Reasons to postpone or refuse: none, so agents cannot"


def _target(target: Target | None) -> str:
    if target is None:
        return "by priority"
    number, unit = (target.hours, "hour") if target.hours is not None else (target.days, "day")
    assert number is not None
    kind = "working " if target.clock == "business" else ""
    start = ", from the next opening on" if target.starts == "opening" and target.clock == "calendar" else ""
    remind = target.remind_before
    reminder = (
        "" if remind is None else f", reminder {_number(remind, unit)} before" if remind else ", no reminder"
    )
    return f"{_number(number, kind + unit)}{start}{reminder}"


def _number(number: float, unit: str) -> str:
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def _before_the_form(profile: Profile) -> Iterator[str]:
    if profile.is_talk:
        yield "No form: what customers write begins a conversation."
        assert profile.channel is not None
        yield f"  They are told: {_say(profile.channel)}"
        return
    for gate in profile.gates:
        then = "then it ends" if gate.blocks else "who says yes may still go on"
        yield f"Before the form, {_for(profile, gate.only)}: “{_say(gate.question)}” ({then})"
        yield f"  Who says yes is told: {_say(gate.notice)}"
    if profile.advice is not None:
        yield f"Advice before the form: {_say(profile.advice)}"
    for notice in profile.notices:
        yield f"Notice {_MOMENTS[notice.at]}, {_for(profile, notice.only)}: {_say(notice.text)}"


def _for(profile: Profile, only: tuple[str, ...] | None) -> str:
    return "for all" if only is None else f"for {_types(profile, only)}"


def _types(profile: Profile, keys: tuple[str, ...]) -> str:
    return _quoted(each.label for each in profile.types if each.key in keys)


def _forms(profile: Profile) -> Iterator[str]:
    if profile.is_talk:
        return
    for each in profile.types:
        if each.end is not None:
            yield f"Type “{_say(each.label)}” makes no ticket: {_say(each.end)}"
            continue
        mark, priority = profile.find_mark(each.needs or ""), profile.priority(each.priority)
        needs = f", only for customers marked “{_say(mark.label)}”" if mark else ""
        urgent = f", priority “{_say(priority.label)}”" if priority else ""
        comma = "," if needs or urgent else ""
        yield f"Type “{_say(each.label)}”{needs}{urgent}{comma} asks: {_asked(profile, each.key)}"
    if not profile.types:
        yield f"The form asks: {_asked(profile, None)}"
    if profile.has_phone:
        region = f"one of {profile.region}" if profile.region else "not taken, for there is no region"
        yield f"A telephone number without a country code is {region}."
    for mark in profile.marks:
        priority = profile.priority(mark.priority)
        urgent = f", priority “{_say(priority.label)}”" if priority else ""
        known = "customers are told how to get it" if mark.how else "customers do not know of it"
        yield f"Mark that agents give: “{_say(mark.label)}”{urgent}; {known}"


def _department(profile: Profile, department: Department) -> str:
    first = department is profile.departments[0]
    begin = [_types(profile, department.types)] if department.types else []
    if first:
        begin.append("what no department lists" if profile.types else "every ticket")
    phone = f", {department.phone}" if department.phone else ""
    told = "customers are told of a move" if department.moved else "customers are told of no move"
    own = f"{group_setting(department.key)} can give it a group of its own"
    what = f"begins with {' and '.join(begin)}" if begin else "no ticket begins here, agents move them"
    return f"Department “{_say(department.label)}”{phone}: {what}; {told}; {own}"


def _asked(profile: Profile, type_key: str | None) -> str:
    return "; ".join(_field(field, type_key) for field in profile.questions(type_key).fields)


def _field(field: Field, type_key: str | None) -> str:
    notes = []
    if isinstance(field, AttachmentsField):
        least = field.least(type_key)
        notes.append(f"{least} to {field.max_count} files" if least else f"up to {field.max_count} files")
        if field.formats:
            others = "others refused" if field.others == "refuse" else "others with a hint"
            notes.append(f"{', '.join(field.formats)}, {others}")
        if field.archived:
            notes.append(f"{', '.join(field.archived)} only inside {' or '.join(field.archives)}")
    elif not field.is_required(type_key):
        notes.append("optional")
    if isinstance(field, ChoiceField):
        notes.append(f"one of {len(field.options)}")
    if isinstance(field, SerialField):
        notes.append(f"{field.digits} digits" if field.digits else f"such as {field.sample}")
    if getattr(field, "once", False):
        notes.append("once")
    return _say(field.label) + (f" ({'; '.join(notes)})" if notes else "")
