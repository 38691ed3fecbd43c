"""Whether the parts of a profile agree with each other; each by itself is right when this is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from desk.canned import FIELD_LIMIT, Canned
from desk.faults import fault
from desk.fields import AttachmentsField, ChoiceField, SerialField, TextField
from desk.texts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from desk.profile import Profile
    from desk.types import Type

# Telegram's messages have 4096 characters, and whatever frames a text needs some of them.
_MESSAGE = 3900
_STEP = 2800
_UNDER_REVIEW = 1800
_CANNED = 3600
_LABEL = 64


def check(profile: Profile) -> None:
    """Raise what a validator raises for the first thing that does not fit together."""
    _check_types(profile)
    _check_references(profile)
    _check_intake(profile)
    _check_canned(profile)
    _check_labels(profile)
    _check_lengths(profile)
    _check_privacy(profile)


def _check_privacy(profile: Profile) -> None:
    privacy = profile.privacy
    if privacy is None:
        return
    _fit("privacy", "consent and url", [privacy.consent, privacy.url], _STEP)
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
    for type_key in _type_keys(each for each in profile.types if each.end is None):
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
            _fit_filled(each, language, place)


def _fit_filled(canned: Canned, language: Language, place: str) -> None:
    """Whether an answer fits one message whatever its fields are filled in with."""
    text = canned.text.in_language(language)
    length = len(text.encode("utf-16-le")) // 2 + FIELD_LIMIT * len(canned.fields(language))
    if length > _CANNED:
        mend = f"shorten it to {_CANNED}, each field counted as {FIELD_LIMIT}"
        raise fault(f"is too much for one message: {length} characters", mend, place)


def _type_keys(types: Iterable[Type]) -> list[str | None]:
    return [each.key for each in types] or [None]


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


def _check_labels(profile: Profile) -> None:
    """Labels stand on buttons and in one line of a card."""
    labelled: list[tuple[str, Any]] = []
    labelled += [(f"types[{each.key}]", each) for each in profile.types]
    labelled += [(f"marks[{each.key}]", each) for each in profile.marks]
    labelled += [(f"canned[{each.key}]", each) for each in profile.canned]
    labelled += [(f"departments[{each.key}]", each) for each in profile.departments]
    labelled += [(f"priorities[{each.key}]", each) for each in profile.priorities]
    labelled += [(f"reasons[{each.key}]", each) for each in profile.reasons]
    for field in profile.form:
        labelled.append((f"form[{field.key}]", field))
        if isinstance(field, ChoiceField):
            labelled += [(f"form[{field.key}].options[{each.key}]", each) for each in field.options]
    for place, part in labelled:
        for language in part.label.languages:
            text = part.label.in_language(language)
            if len(text) > _LABEL:
                mend = f"shorten it to {_LABEL} characters"
                raise fault("is too long for a button", mend, f"{place}.label.{language}", text)
    on_buttons = [(f"{place}.label", part.label) for place, part in labelled]
    on_buttons += [(f"faq[{entry.key}].question", entry.question) for entry in profile.faq]
    for place, lines in on_buttons:
        for language in lines.languages:
            if "\n" in (text := lines.in_language(language)):
                raise fault("has two lines, and a button has one", "write one", f"{place}.{language}", text)


def _check_lengths(profile: Profile) -> None:
    """Whether what is shown together fits one message."""
    start = [notice.text for notice in profile.notices_at("start")]
    _fit("welcome", "it and the notices at the start", [profile.welcome, profile.channel, *start], _MESSAGE)
    _fit("faq", "the notices with the FAQ", [notice.text for notice in profile.notices_at("faq")], _MESSAGE)
    for entry in profile.faq:
        _fit(f"faq[{entry.key}]", "question and answer", [entry.question, entry.answer], _MESSAGE)
    for reason in profile.reasons:
        _fit(f"reasons[{reason.key}].text", "it", [reason.text], _STEP)
    abouts = [text for each in profile.types for text in (each.label, each.about)]
    _fit("types", "their labels and abouts", [profile.type_question, *abouts], _MESSAGE)
    for field in profile.form:
        texts: list[Text | None] = [field.question]
        if isinstance(field, SerialField):
            texts.append(field.where)
        if isinstance(field, TextField):
            texts += [field.hint, field.example]
        _fit(f"form[{field.key}]", "question and what stands below it", texts, _STEP)
    for type_key in _type_keys(profile.types):
        before = [notice.text for notice in profile.notices_at("form", type_key)]
        _fit("notices", 'advice and notices at = "form"', [profile.advice, *before], _MESSAGE)
        under = [notice.text for notice in profile.notices_at("review", type_key)]
        _fit("notices", 'the notices at = "review"', under, _UNDER_REVIEW)
        after = [notice.text for notice in profile.notices_at("opened", type_key)]
        _fit("notices", 'the notices at = "opened"', after, _MESSAGE)


def _fit(key: str, what: str, texts: Iterable[Text | None], limit: int) -> None:
    given = [text for text in texts if text is not None]
    for language in (each for each in LANGUAGES if any(each in text.languages for text in given)):
        # Telegram counts UTF-16 units, two for an emoji; an empty line stands between two texts.
        length = sum(len(text.in_language(language).encode("utf-16-le")) // 2 + 2 for text in given)
        if length > limit:
            raise fault(
                f"is too much for one message in “{language}”: {length} characters",
                f"shorten {what} to {limit} together",
                key,
            )
