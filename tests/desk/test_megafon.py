"""The shipped megafon desk against what is published of its support."""

import pytest

from desk.fields import AttachmentsField, PersonField, PhoneField, TextField
from desk.loading import load_profile
from desk.profile import Profile
from desk.search import FaqSearch
from desk.targets import ClockName
from desk.texts import Language
from tests.desk.habits import faults, words_of_both
from tests.desk.journals import journal, one, wall

TYPES = ["roaming", "tariff", "service", "network", "contract", "other"]


@pytest.fixture(scope="module")
def megafon() -> Profile:
    return load_profile("megafon")


def test_russian_is_first_and_every_text_is_right_in_its_language(megafon: Profile) -> None:
    assert megafon.languages == ("ru", "en", "lv")
    assert faults(megafon, names=()) == []
    assert words_of_both(megafon) <= {"e", "megafon", "no", "sim", "to"}


@pytest.mark.parametrize("type_key", TYPES)
def test_form_is_that_of_the_site(megafon: Profile, type_key: str) -> None:
    fields = megafon.questions(type_key).fields
    assert {field.key: type(field) for field in fields} == {
        "surname": PersonField,
        "phone": PhoneField,
        "description": TextField,
        "contacts": TextField,
        "attachments": AttachmentsField,
    }
    assert [field.key for field in fields if not field.is_required(type_key)] == ["contacts", "attachments"]
    assert megafon.questions(type_key).description is megafon.field("description")


def test_a_surname_alone_will_do(megafon: Profile) -> None:
    surname = megafon.field("surname")
    assert isinstance(surname, PersonField)
    assert surname.min_words == 1
    assert megafon.region == "RU"


def test_roaming_raises_the_priority(megafon: Profile) -> None:
    assert [each.key for each in megafon.types] == TYPES
    assert [each.key for each in megafon.types if each.priority == "high"] == ["roaming"]
    assert [priority.key for priority in megafon.priorities] == ["high", "normal"]
    assert megafon.default_priority == "normal"


@pytest.mark.parametrize("priority", ["high", "normal"])
def test_answer_comes_within_24_hours_by_the_calendar(megafon: Profile, priority: str) -> None:
    opened = journal("21.11 23:00", priority=priority)
    assert wall(one(ClockName.REACTION, megafon, opened, "21.11 23:00").due_at) == "22.11 23:00"
    assert megafon.promised == (ClockName.REACTION,)
    assert megafon.calendar is None
    assert megafon.target(ClockName.SOLUTION, priority) is None


@pytest.mark.parametrize("type_key", ["service", "contract"])
def test_what_needs_a_passport_is_advice_alone_and_names_the_office(megafon: Profile, type_key: str) -> None:
    (text,) = (notice.text for notice in megafon.notices_at("form", type_key) if notice.key == "passport")
    said: dict[Language, tuple[str, ...]] = {
        "ru": ("паспорт", "проконсультировать", "офисе Мегафон"),
        "en": ("passport", "advise", "Megafon office"),
        "lv": ("pase", "konsultēt", "Megafon birojā"),
    }
    for language, words in said.items():
        assert all(word in text.in_language(language) for word in words), language


def test_passport_is_not_spoken_of_where_none_is_needed(megafon: Profile) -> None:
    assert [notice.key for notice in megafon.notices_at("form", "network")] == ["no_passport_data"]


def test_self_help_comes_first(megafon: Profile) -> None:
    assert megafon.advice is not None
    assert "самостоятельно" in megafon.advice.in_language("ru")
    assert megafon.faq[0].key == "self_help"


def test_numbers_to_call_stand_as_published(megafon: Profile) -> None:
    (numbers,) = megafon.notices_at("start")
    answers = {entry.key: entry.answer for entry in megafon.faq}
    for language in megafon.languages:
        for number in ("0500", "8 800 5500 500", "79261110500"):
            assert number in numbers.text.in_language(language)
        assert "0500" in answers["sms"].in_language(language)
        assert "8 800 5500 500" in answers["call"].in_language(language)
        assert "79261110500" in answers["abroad"].in_language(language)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("я за границей, роуминг", "abroad"),
        ("горячая линия", "call"),
        ("short number", "sms"),
        ("нужен ли паспорт", "office"),
        ("balss izvēlne", "self_help"),
        ("сколько ждать", "answer_time"),
    ],
)
def test_questions_are_found(megafon: Profile, typed: str, meant: str) -> None:
    assert FaqSearch(megafon.faq).find(typed)[0].key == meant
