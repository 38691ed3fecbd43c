"""The shipped smarttek desk against its published rules."""

from datetime import UTC, datetime

import pytest

from desk.answers import read_answer
from desk.fields import CompanyField, PhoneField
from desk.loading import load_profile
from desk.profile import Profile
from desk.targets import ClockName
from desk.texts import LANGUAGES
from tests.desk.habits import faults, words_of_both

PHONES = {
    "helpdesk": "+371 20110505",
    "technical": "+371 20110525",
    "administration": "+371 20110545",
}


@pytest.fixture(scope="module")
def smarttek() -> Profile:
    return load_profile("smarttek")


def test_latvian_is_first_and_every_text_is_right_in_its_language(smarttek: Profile) -> None:
    assert smarttek.languages == ("lv", "ru", "en")
    assert smarttek.fallback == "lv"
    names = {"Smarttek", "SIA", "MIXTURE", "iiko", "HelpDesk", "EDS", "FAQ", "WhatsApp"}
    address = {"Ģertrūdes", "Rīga", "LV"}
    assert faults(smarttek, names | address) == []
    shared = {word.lower() for word in names | address}
    assert words_of_both(smarttek) <= shared | {"video", "no", "to", "e"}


def test_each_department_shows_its_phone(smarttek: Profile) -> None:
    assert {each.key for each in smarttek.types} == set(PHONES)
    for each in smarttek.types:
        assert each.about is not None
        for language in LANGUAGES:
            about = each.about.in_language(language)
            assert [phone for phone in PHONES.values() if phone in about] == [PHONES[each.key]]


def test_departments_do_what_the_rules_say(smarttek: Profile) -> None:
    def about(key: str) -> str:
        found = smarttek.find_type(key)
        assert found is not None
        assert found.about is not None
        return f"{found.label.in_language('lv')} {found.about.in_language('lv')}"

    assert "onsultācijas un apmācības" in about("helpdesk")
    assert "iiko" in about("helpdesk")
    assert "Bloķējošas (kritiskas) problēmas" in about("technical")
    assert "Kases sistēmas uzskaite, EDS, servisa līgums" in about("administration")


def test_rules_and_faq_are_linked_before_the_form(smarttek: Profile) -> None:
    assert smarttek.advice is not None
    for language in LANGUAGES:
        lines = smarttek.advice.in_language(language).split()
        assert "https://smarttek.eu/help" in lines
        assert "https://smarttek.eu/help/faq" in lines
    rules = next(entry.answer for entry in smarttek.faq if entry.key == "rules")
    assert "https://smarttek.eu/help" in rules.in_language("lv").split()


def test_bot_takes_requests_and_whatsapp_does_not(smarttek: Profile) -> None:
    assert smarttek.intake == "form"
    (notice,) = smarttek.notices_at("start")
    assert "WhatsApp ir paredzēts tikai saziņai" in notice.text.in_language("lv")
    assert "support@smarttek.eu" in notice.text.in_language("lv")


def test_staff_set_the_importance(smarttek: Profile) -> None:
    assert smarttek.default_priority is None
    assert all(each.priority is None for each in smarttek.types)
    assert [priority.key for priority in smarttek.priorities] == ["critical", "normal", "low"]


def test_least_information_is_asked_by_department(smarttek: Profile) -> None:
    demanded = {
        key: [field.key for field in smarttek.questions(key).fields if field.is_required(key)]
        for key in PHONES
    }
    assert demanded == {
        "helpdesk": ["company", "description"],
        "technical": ["company", "register", "description", "phone"],
        "administration": ["company", "description"],
    }
    assert smarttek.questions("helpdesk").field("register") is None
    assert smarttek.questions("administration").field("contract") is not None
    assert isinstance(smarttek.field("company"), CompanyField)
    assert smarttek.asked_once == {"company"}


def test_phones_without_a_code_are_latvian(smarttek: Profile) -> None:
    phone = smarttek.field("phone")
    assert isinstance(phone, PhoneField)
    assert read_answer(phone, "20110505", smarttek.region) == "+37120110505"


def test_blocking_problems_are_told_the_technical_phone(smarttek: Profile) -> None:
    (notice,) = smarttek.notices_at("opened", "technical")
    assert PHONES["technical"] in notice.text.in_language("lv")
    assert smarttek.notices_at("opened", "helpdesk") == ()


def test_no_deadlines_are_promised(smarttek: Profile) -> None:
    keys = [None, *(priority.key for priority in smarttek.priorities)]
    assert all(smarttek.target(clock, key) is None for clock in ClockName for key in keys)
    keys = [None, *(priority.key for priority in smarttek.priorities)]
    assert not any(smarttek.target(clock, key) for clock in ClockName for key in keys)


def test_calendar_is_that_of_riga(smarttek: Profile) -> None:
    calendar = smarttek.calendar
    assert smarttek.zone == "Europe/Riga"
    assert calendar is not None
    assert calendar.is_open(datetime(2026, 11, 17, 7, tzinfo=UTC))
    # The Proclamation of the Republic, and Midsummer Day.
    assert not calendar.is_open(datetime(2026, 11, 18, 10, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 6, 24, 10, tzinfo=UTC))
