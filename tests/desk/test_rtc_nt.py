"""The shipped rtc_nt desk against its published rules."""

import pytest

from desk.fields import FAMILIES, AttachmentsField, CompanyField, ContractField
from desk.files import FileVerdict
from desk.loading import load_profile
from desk.notices import Moment
from desk.profile import Profile
from desk.targets import ClockName
from desk.texts import LANGUAGES
from tests.desk.habits import faults, words_of_both


@pytest.fixture(scope="module")
def rtc() -> Profile:
    return load_profile("rtc_nt")


def told(profile: Profile, moment: Moment, type_key: str) -> list[str]:
    return [notice.key for notice in profile.notices_at(moment, type_key)]


def test_russian_is_first_and_every_text_is_right_in_its_language(rtc: Profile) -> None:
    assert rtc.languages == ("ru", "en", "lv")
    assert faults(rtc, names={"RTC", "NT", "IP"}) == []
    assert words_of_both(rtc) <= {"rtc", "nt", "ip", "ports", "no", "to"}


def test_there_are_problems_and_consultations(rtc: Profile) -> None:
    assert [each.key for each in rtc.types] == ["problem", "consultation"]
    assert rtc.type_question is not None


@pytest.mark.parametrize("type_key", ["problem", "consultation"])
def test_company_and_contract_are_asked_once_and_kept(rtc: Profile, type_key: str) -> None:
    company, contract = rtc.questions(type_key).fields[:2]
    assert isinstance(company, CompanyField)
    assert company.is_required(type_key)
    assert isinstance(contract, ContractField)
    assert not contract.is_required(type_key)
    assert rtc.asked_once == {"company", "contract"}
    assert company.remember
    assert contract.remember


@pytest.mark.parametrize("type_key", ["problem", "consultation"])
def test_description_is_free(rtc: Profile, type_key: str) -> None:
    description = rtc.questions(type_key).description
    assert description is not None
    assert description.is_required(type_key)
    assert (description.min_length, description.max_length) == (1, 4096)


def test_problem_needs_a_log_or_a_screenshot_and_a_consultation_does_not(rtc: Profile) -> None:
    assert [field.key for field in rtc.form] == ["company", "contract", "description", "attachments"]
    attachments = rtc.questions("problem").attachments
    assert attachments is not None
    assert attachments.least("problem") == 1
    assert attachments.least("consultation") == 0


@pytest.mark.parametrize("name", ["trace.log", "monitor.bin", "dump.pcap", "screen.png", "no-dot"])
def test_any_type_of_file_is_taken(rtc: Profile, name: str) -> None:
    attachments = rtc.form[-1]
    assert isinstance(attachments, AttachmentsField)
    assert attachments.accept == FAMILIES
    assert attachments.judge("document", name, None, 2_000_000_000) is FileVerdict.TAKEN


def test_how_to_take_a_log_is_linked_at_the_step_and_in_the_faq(rtc: Profile) -> None:
    entry = next(entry for entry in rtc.faq if entry.key == "monitoring")
    for language in LANGUAGES:
        assert "http://support.rtc-nt.ru" in entry.answer.in_language(language)
        assert "http://support.rtc-nt.ru" in rtc.field("attachments").question.in_language(language)


def test_remote_access_is_recommended_for_problems_and_limited(rtc: Profile) -> None:
    assert told(rtc, "form", "problem") == ["remote_access"]
    assert told(rtc, "form", "consultation") == []
    (notice,) = rtc.notices_at("form", "problem")
    text = notice.text.in_language("ru")
    assert "быстрее" in text
    assert "только с нашего IP-адреса" in text
    assert "только к тем портам" in text


def test_new_problem_is_a_new_request(rtc: Profile) -> None:
    (notice,) = rtc.notices_at("start")
    assert "создавайте новую заявку" in notice.text.in_language("ru")
    assert "Дублировать заявку" in notice.text.in_language("ru")


def test_hotline_is_told_with_the_number_of_a_problem(rtc: Profile) -> None:
    assert told(rtc, "opened", "problem") == ["hotline", "traces", "closing"]
    assert told(rtc, "opened", "consultation") == ["closing"]
    hotline = rtc.notices_at("opened", "problem")[0]
    assert "телефону горячей линии, указанному в договоре" in hotline.text.in_language("ru")


def test_hotline_is_told_nowhere_before_the_number(rtc: Profile) -> None:
    before = [rtc.welcome, *(notice.text for notice in rtc.notices if notice.at != "opened")]
    assert not any("горяч" in text.in_language("ru") for text in before)


def test_customer_is_asked_to_close_and_silence_closes_late(rtc: Profile) -> None:
    closing = rtc.notices_at("opened", "consultation")[0]
    assert "закройте заявку" in closing.text.in_language("ru")
    assert rtc.solved_silence.days == 14


def test_no_hours_and_no_deadlines(rtc: Profile) -> None:
    assert rtc.hours is None
    assert rtc.calendar is None
    assert rtc.priorities == ()
    assert all(rtc.target(clock, None) is None for clock in ClockName)
    assert not any(rtc.target(clock, None) for clock in ClockName)


def test_other_channels_are_those_of_the_rules(rtc: Profile) -> None:
    answers = {entry.key: entry.answer.in_language("ru") for entry in rtc.faq}
    assert "http://support.rtc-nt.ru/users/registration/" in answers["site"]
    assert "support@rtc-nt.ru" in answers["site"]
    assert "сначала зарегистрируйте заявку" in answers["phone"]
