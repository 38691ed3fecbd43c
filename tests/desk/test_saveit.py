"""The shipped saveit desk against its published regulation."""

from datetime import timedelta

import pytest

from desk.clocks import clocks
from desk.fields import (
    AttachmentsField,
    CompanyField,
    ContractField,
    EmailField,
    PersonField,
    PhoneField,
    TextField,
)
from desk.files import FileVerdict
from desk.loading import load_profile
from desk.profile import Profile
from desk.search import FaqSearch
from desk.targets import ClockName
from tests.desk.habits import faults, words_of_both
from tests.desk.journals import at, journal, one, wall


@pytest.fixture(scope="module")
def saveit() -> Profile:
    return load_profile("saveit")


def test_russian_is_first_and_every_text_is_right_in_its_language(saveit: Profile) -> None:
    assert saveit.languages == ("ru", "en", "lv")
    names = {"SaveIT", "JPG", "GIF", "PNG", "BMP", "RAR", "ZIP", "ICQ", "GoogleTalk", "Skype"}
    assert faults(saveit, names) == []
    assert words_of_both(saveit) <= {name.lower() for name in names} | {"e", "licence", "no", "to"}


def test_form_is_that_of_the_regulation(saveit: Profile) -> None:
    kinds = {field.key: type(field) for field in saveit.form}
    assert kinds == {
        "company": CompanyField,
        "person": PersonField,
        "position": TextField,
        "phone": PhoneField,
        "email": EmailField,
        "contract": ContractField,
        "description": TextField,
        "attachments": AttachmentsField,
    }
    assert [field.key for field in saveit.form if not field.required] == ["contract", "attachments"]
    assert saveit.questions(None).description is saveit.field("description")
    assert saveit.region == "RU"


def test_who_somebody_is_is_asked_once(saveit: Profile) -> None:
    assert saveit.asked_once == {"company", "person", "position", "phone", "email"}


def test_one_request_has_one_problem(saveit: Profile) -> None:
    assert "one_problem" in [notice.key for notice in saveit.notices_at("form")]


def test_a_request_counts_once_it_has_its_number(saveit: Profile) -> None:
    (text,) = (notice.text for notice in saveit.notices_at("review") if notice.key == "number")
    assert "номер" in text.in_language("ru")


def test_every_request_is_triaged_within_three_working_hours(saveit: Profile) -> None:
    assert saveit.default_priority is None
    opened = journal("20.11 17:00")
    assert wall(one(ClockName.TRIAGE, saveit, opened, "20.11 17:00").due_at) == "23.11 11:00"
    assert [clock.name for clock in clocks(saveit, opened, at("20.11 17:00"))] == [ClockName.TRIAGE]


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        ("first", "23.11 12:00"),
        ("second", "23.11 16:00"),
        ("third", "27.11 17:00"),
        ("fourth", "04.12 17:00"),
    ],
)
def test_solution_is_due_by_priority(saveit: Profile, priority: str, due: str) -> None:
    judged = journal("20.11 17:00", f"20.11 17:30 agent priority {priority}")
    assert wall(one(ClockName.SOLUTION, saveit, judged, "20.11 17:30").due_at) == due


def test_priorities_stand_in_the_order_of_the_regulation(saveit: Profile) -> None:
    assert [priority.label.in_language("ru")[0] for priority in saveit.priorities] == ["1", "2", "3", "4"]


def test_customers_are_told_by_when_it_is_judged_and_solved(saveit: Profile) -> None:
    assert set(saveit.promised) == {ClockName.TRIAGE, ClockName.SOLUTION}


def test_only_working_time_without_public_holidays_counts(saveit: Profile) -> None:
    over_new_year = journal("30.12.2025 17:00", "30.12.2025 17:00 agent priority first")
    due_at = one(ClockName.SOLUTION, saveit, over_new_year, "30.12.2025 17:00").due_at
    assert due_at == at("12.01.2026 12:00")


def test_moved_working_saturday_is_not_worked(saveit: Profile) -> None:
    assert saveit.calendar is not None
    assert not saveit.calendar.is_open(at("20.02.2027 12:00"))
    assert saveit.calendar.is_open(at("19.02.2027 12:00"))


def test_solution_clock_goes_on_after_an_objection(saveit: Profile) -> None:
    objected = journal(
        "23.11 9:00",
        "23.11 9:30 agent priority second",
        "23.11 10:00 agent take",
        "23.11 12:00 agent resolve",
        "23.11 14:00 customer object",
    )
    assert wall(one(ClockName.SOLUTION, saveit, objected, "23.11 14:00").due_at) == "24.11 10:00"


def test_a_day_of_silence_closes_a_completed_request(saveit: Profile) -> None:
    assert saveit.solved_silence == timedelta(hours=24)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("screen.jpg", FileVerdict.TAKEN),
        ("screen.JPEG", FileVerdict.TAKEN),
        ("screen.gif", FileVerdict.TAKEN),
        ("screen.png", FileVerdict.TAKEN),
        ("screens.rar", FileVerdict.TAKEN),
        ("screens.zip", FileVerdict.TAKEN),
        ("screen.bmp", FileVerdict.UNPACKED),
        ("screen.tif", FileVerdict.HINTED),
        ("error.log", FileVerdict.HINTED),
    ],
)
def test_bitmaps_come_in_archives_alone(saveit: Profile, name: str, verdict: FileVerdict) -> None:
    attachments = saveit.questions(None).attachments
    assert attachments is not None
    assert attachments.judge("document", name, None, 1000) is verdict


def test_seven_reasons_of_a_delay_are_named(saveit: Profile) -> None:
    (entry,) = (entry for entry in saveit.faq if entry.key == "delays")
    for language in saveit.languages:
        assert entry.answer.in_language(language).count("•") == 7


def test_published_addresses_stand_as_published(saveit: Profile) -> None:
    (contacts,) = (entry for entry in saveit.faq if entry.key == "contacts")
    assert saveit.advice is not None
    for language in saveit.languages:
        assert "http://support.saveit.pro/" in saveit.advice.in_language(language)
        for address in ("support@saveit.pro", "7 (473)202-24-87", "saveit.pro/support/"):
            assert address in contacts.answer.in_language(language)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("какой срок у приоритета 2", "deadlines"),
        ("cik ilgi jāgaida", "deadlines"),
        ("почему отложили", "delays"),
        ("when is it closed", "closing"),
        ("телефон поддержки", "contacts"),
    ],
)
def test_questions_are_found(saveit: Profile, typed: str, meant: str) -> None:
    assert FaqSearch(saveit.faq).find(typed)[0].key == meant
