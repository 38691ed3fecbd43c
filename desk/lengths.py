"""Whether what is shown together fits: one message of Telegram's, or one button."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from desk.canned import FIELD_LIMIT, Canned
from desk.faults import fault
from desk.fields import ChoiceField, SerialField, TextField
from desk.texts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from desk.profile import Profile

# Telegram's messages have 4096 characters, and whatever frames a text needs some of them.
_MESSAGE = 3900
_STEP = 2800
_UNDER_REVIEW = 1800
_CANNED = 3600
_LABEL = 64


def check_lengths(profile: Profile) -> None:
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
    for type_key in tuple(each.key for each in profile.types) or (None,):
        before = [notice.text for notice in profile.notices_at("form", type_key)]
        _fit("notices", 'advice and notices at = "form"', [profile.advice, *before], _MESSAGE)
        under = [notice.text for notice in profile.notices_at("review", type_key)]
        _fit("notices", 'the notices at = "review"', under, _UNDER_REVIEW)
        after = [notice.text for notice in profile.notices_at("opened", type_key)]
        _fit("notices", 'the notices at = "opened"', after, _MESSAGE)
    if profile.privacy is not None:
        _fit("privacy", "consent and url", [profile.privacy.consent, profile.privacy.url], _STEP)


def check_labels(profile: Profile) -> None:
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


def check_filled(canned: Canned, language: Language, place: str) -> None:
    """Whether an answer fits one message whatever its fields are filled in with."""
    text = canned.text.in_language(language)
    length = len(text.encode("utf-16-le")) // 2 + FIELD_LIMIT * len(canned.fields(language))
    if length > _CANNED:
        mend = f"shorten it to {_CANNED}, each field counted as {FIELD_LIMIT}"
        raise fault(f"is too much for one message: {length} characters", mend, place)


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
