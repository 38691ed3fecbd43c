"""Whether the parts of a profile agree with each other; each by itself is right when this is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from desk.faults import fault
from desk.fields import AttachmentsField, TextField
from desk.lengths import check_filled, check_labels, check_lengths
from desk.targets import ClockName, Target

if TYPE_CHECKING:
    from desk.profile import Profile


def check(profile: Profile) -> None:
    """Raise what a validator raises for the first thing that does not fit together."""
    _check_types(profile)
    _check_references(profile)
    _check_intake(profile)
    _check_canned(profile)
    check_labels(profile)
    check_lengths(profile)
    _check_privacy(profile)
    _check_default_priority(profile)
    _check_reminder(profile)
    _check_targets(profile)


def _check_privacy(profile: Profile) -> None:
    privacy = profile.privacy
    if privacy is None:
        return
    days = privacy.retention_days
    if days is not None and days < profile.reopen_days:
        raise fault(
            "is shorter than a closed ticket can be reopened",
            f"write at least {profile.reopen_days}, or shorten reopen_days",
            "privacy.retention_days",
            days,
        )


def _check_types(profile: Profile) -> None:
    marks = {mark.key: mark for mark in profile.marks}
    keys = [priority.key for priority in profile.priorities]
    for mark in profile.marks:
        if mark.priority is not None and mark.priority not in keys:
            mend = _one_of("priorities", keys)
            raise fault("is no priority", mend, f"marks[{mark.key}].priority", mark.priority)
    for each in profile.types:
        place = f"types[{each.key}]"
        if each.end is not None:
            for name in ("needs", "priority"):
                if (value := getattr(each, name)) is not None:
                    raise fault(
                        "is for tickets, and this type makes none",
                        f"leave {name} or end out",
                        f"{place}.{name}",
                        value,
                    )
        if each.priority is not None and each.priority not in keys:
            raise fault("is no priority", _one_of("priorities", keys), f"{place}.priority", each.priority)
        if each.needs is None:
            continue
        if each.needs not in marks:
            raise fault("is no mark", _one_of("marks", marks), f"{place}.needs", each.needs)
        if marks[each.needs].how is None:
            raise fault(
                "is a mark that customers cannot ask for",
                f"tell them how to get it: add how to marks[{each.needs}]",
                f"{place}.needs",
                each.needs,
            )
    if profile.types and all(each.end is not None for each in profile.types):
        raise fault(
            "make no ticket, any of them",
            "leave end out of one",
            "types",
            [each.key for each in profile.types],
        )


def _check_references(profile: Profile) -> None:
    ending = {each.key for each in profile.types if each.end is not None}
    known = {each.key: each for each in profile.types if each.end is None}
    for place, keys in _named_types(profile):
        for key in keys:
            if key in ending:
                raise fault("makes no ticket: it has an end", "leave it out", place, key)
            if key not in known:
                raise fault("is no type of ticket", _one_of("types", known), place, key)
    _check_departments(profile)
    for notice in profile.notices:
        if notice.only is not None and notice.at in ("start", "faq"):
            raise fault(
                "cannot be told before there is a type",
                'leave it out, or write at = "form"',
                f"notices[{notice.key}].only",
                list(notice.only),
            )


def _check_departments(profile: Profile) -> None:
    """A ticket begins in one department."""
    taken: dict[str, str] = {}
    for each in profile.departments:
        for key in each.types or ():
            if key in taken:
                raise fault(
                    f"belongs to {taken[key]} already",
                    "leave it out of one",
                    f"departments[{each.key}].types[]",
                    key,
                )
            taken[key] = each.key


def _one_of(name: str, known: Iterable[str]) -> str:
    keys = ", ".join(f'"{key}"' for key in known)
    return f"write one of {keys}" if keys else f"add [[{name}]]"


def _named_types(profile: Profile) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The types that parts of the profile name, with the place where they do."""
    for field in profile.form:
        if field.only is not None:
            yield f"form[{field.key}].only[]", field.only
        if not isinstance(field.required, bool):
            yield f"form[{field.key}].required[]", field.required
    for notice in profile.notices:
        if notice.only is not None:
            yield f"notices[{notice.key}].only[]", notice.only
    for department in profile.departments:
        if department.types is not None:
            yield f"departments[{department.key}].types[]", department.types
    for gate in profile.gates:
        if gate.only is not None:
            yield f"gates[{gate.key}].only[]", gate.only


def _check_intake(profile: Profile) -> None:
    if profile.is_talk:
        if profile.channel is None:
            raise fault(
                "points to no channel", "add channel: where a request is made", "intake", profile.intake
            )
        return
    if profile.channel is not None:
        raise fault(
            'is shown only where intake = "talk"',
            "leave it out",
            "channel",
            profile.channel.in_language("en"),
        )
    if not profile.form:
        raise fault("asks nothing", "list at least 1 field: add [[form]]", "form", [])
    for type_key in tuple(each.key for each in profile.ticket_types) or (None,):
        _check_form(profile, type_key)


def _check_canned(profile: Profile) -> None:
    for each in profile.canned:
        for language in each.text.languages:
            place, fields = f"canned[{each.key}].text.{language}", each.fields(language)
            if "agent" in fields and not profile.agent_names:
                mend = "leave the field out, or write agent_names = true"
                raise fault("would name the agent, whom customers do not see", mend, place, "{agent}")
            if "serial" in fields and profile.serial_field is None:
                raise fault(
                    "is asked by no field of the form",
                    'leave it out, or ask for it: kind = "serial"',
                    place,
                    "{serial}",
                )
            check_filled(each, language, place)


def _check_form(profile: Profile, type_key: str | None) -> None:
    """Whether the fields of one type make a ticket."""
    fields = profile.questions(type_key).fields
    whose = f' for tickets of the type "{type_key}"' if type_key else ""
    roles = [field.role for field in fields if isinstance(field, TextField) and field.role]
    if "description" not in roles:
        value = [{"kind": field.kind, "key": field.key} for field in fields]
        raise fault(f"has no description{whose}", 'give one text field role = "description"', "form", value)
    for role in ("subject", "description", "position"):
        if roles.count(role) > 1:
            raise fault(f"is given to two fields{whose}", "let one field have the role", "form[].role", role)
    early = next((field for field in fields[:-1] if isinstance(field, AttachmentsField)), None)
    if early is not None:
        raise fault(f"is not the last step{whose}", "move it to the end", f"form[{early.key}]", early.kind)


def _check_default_priority(profile: Profile) -> None:
    keys = [priority.key for priority in profile.priorities]
    if profile.default_priority is not None and profile.default_priority not in keys:
        mend = f"write one of {', '.join(keys)}" if keys else "add [[priorities]], or remove it"
        raise fault("is no priority of this desk", mend, "default_priority", profile.default_priority)


def _check_reminder(profile: Profile) -> None:
    """Customers are reminded while the silence lasts."""
    hours = profile.remind_before_close_hours
    if hours is not None and hours >= profile.solved_silence_hours:
        raise fault(
            f"is not before the {profile.solved_silence_hours} hours of silence have begun",
            f"write less than {profile.solved_silence_hours}, or 0 for no reminder",
            "remind_before_close_hours",
            hours,
        )


def _check_targets(profile: Profile) -> None:
    """What is counted in hours of opening needs some."""
    if profile.hours is not None and (any(profile.hours.week) or any(profile.hours.open.values())):
        return
    for place, owner in (("", profile), *((f"priorities[{one.key}].", one) for one in profile.priorities)):
        for name in ClockName:
            target: Target | None = getattr(owner, name)
            if target is None or (target.clock == "calendar" and target.starts == "received"):
                continue
            key, value = ("clock", target.clock) if target.clock == "business" else ("starts", target.starts)
            mend = 'add [hours], or write clock = "calendar"' if key == "clock" else "add [hours]"
            raise fault("needs hours that open", mend, f"{place}{name}.{key}", value)
