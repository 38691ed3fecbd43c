"""The shipped insales desk against its published rules."""

import pytest

from desk.fields import AttachmentsField, TextField
from desk.loading import load_profile
from desk.profile import Profile
from desk.search import FaqSearch
from desk.targets import ClockName
from desk.texts import Language
from tests.desk.habits import faults, words_of_both
from tests.desk.journals import at, journal, one, wall

TICKETS = ["functionality", "layout", "deletion", "transfer"]


@pytest.fixture(scope="module")
def insales() -> Profile:
    return load_profile("insales")


def test_russian_is_first_and_every_text_is_right_in_its_language(insales: Profile) -> None:
    assert insales.languages == ("ru", "en", "lv")
    names = {"InSales", "Liquid", "SEO", "ICQ", "Skype", "magazin", "example"}
    assert faults(insales, names) == []
    shared = {"e", "no", "premium", "to", "video"}
    assert words_of_both(insales) <= {name.lower() for name in names} | shared


def test_types_are_told_apart(insales: Profile) -> None:
    assert [each.key for each in insales.types] == [*TICKETS, "sales"]
    assert insales.type_question is not None


@pytest.mark.parametrize("type_key", TICKETS)
def test_subject_description_and_files_are_asked(insales: Profile, type_key: str) -> None:
    questions = insales.questions(type_key)
    assert [field.key for field in questions.fields] == ["subject", "description", "shop", "attachments"]
    assert [field.key for field in questions.fields if not field.is_required(type_key)] == ["attachments"]
    assert questions.subject is insales.field("subject")
    assert questions.description is insales.field("description")
    assert isinstance(questions.attachments, AttachmentsField)


def test_shop_is_offered_again(insales: Profile) -> None:
    shop = insales.field("shop")
    assert isinstance(shop, TextField)
    assert shop.remember


@pytest.mark.parametrize(
    ("type_key", "due"),
    [
        ("functionality", "22.11 23:00"),
        ("layout", "23.11 11:00"),
        ("deletion", "22.11 23:00"),
        ("transfer", "22.11 23:00"),
    ],
)
def test_type_says_how_soon_an_answer_comes_round_the_clock(
    insales: Profile, type_key: str, due: str
) -> None:
    chosen = insales.find_type(type_key)
    assert chosen is not None
    # On a Saturday, late in the evening.
    opened = journal("21.11 23:00", priority=chosen.priority)
    assert wall(one(ClockName.REACTION, insales, opened, "21.11 23:00").due_at) == due


def test_premium_is_answered_within_three_hours_whatever_the_type(insales: Profile) -> None:
    assert [priority.key for priority in insales.priorities] == ["premium", "regular", "layout"]
    raised = journal("21.11 23:00", "21.11 23:30 agent priority premium", priority="layout")
    assert wall(one(ClockName.REACTION, insales, raised, "21.11 23:30").due_at) == "22.11 02:00"
    mark = insales.find_mark("premium")
    assert mark is not None
    assert mark.how is None


def test_no_time_of_solution_is_promised(insales: Profile) -> None:
    assert insales.promised == (ClockName.REACTION,)
    for key in (None, *(priority.key for priority in insales.priorities)):
        assert insales.target(ClockName.SOLUTION, key) is None
    assert "no_solution_time" in [notice.key for notice in insales.notices_at("opened", "layout")]


@pytest.mark.parametrize("type_key", ["deletion", "transfer"])
def test_deleting_and_transfer_need_the_owner(insales: Profile, type_key: str) -> None:
    chosen = insales.find_type(type_key)
    assert chosen is not None
    mark = insales.find_mark(chosen.needs or "")
    assert mark is not None
    assert mark.key == "owner"
    assert mark.how is not None
    assert "«Помощь»" in mark.how.in_language("ru")


def test_questions_need_no_mark(insales: Profile) -> None:
    assert [each.key for each in insales.types if each.needs is None] == ["functionality", "layout", "sales"]


def test_what_is_out_of_scope_goes_to_sales(insales: Profile) -> None:
    (ending,) = (each for each in insales.types if each.end is not None)
    assert ending.end is not None
    departments: dict[Language, str] = {
        "ru": "отдел продаж",
        "en": "sales department",
        "lv": "pārdošanas nodaļ",
    }
    for language, department in departments.items():
        assert department in ending.end.in_language(language)


def test_knowledge_base_comes_first(insales: Profile) -> None:
    assert insales.advice is not None
    assert "базой знаний" in insales.advice.in_language("ru")


def test_paid_changes_are_told_with_layout_alone(insales: Profile) -> None:
    assert [notice.key for notice in insales.notices_at("form", "layout")] == ["one_question", "paid_changes"]
    assert [notice.key for notice in insales.notices_at("form", "functionality")] == ["one_question"]


def test_duplicates_are_discouraged(insales: Profile) -> None:
    assert "no_duplicates" in [notice.key for notice in insales.notices_at("opened", "functionality")]


def test_seven_reasons_of_a_delay_are_named(insales: Profile) -> None:
    (entry,) = (entry for entry in insales.faq if entry.key == "delays")
    for language in insales.languages:
        assert entry.answer.in_language(language).count("•") == 7


@pytest.mark.parametrize("when", ["21.11 3:00", "01.01.2027 0:00", "31.12 23:59"])
def test_desk_works_round_the_clock(insales: Profile, when: str) -> None:
    assert insales.calendar is not None
    assert insales.calendar.is_open(at(when))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("сколько ждать ответа", "reaction"),
        ("продвижение seo", "sales"),
        ("позвонить оператору", "phone"),
        ("переоформить домен на другого владельца", "owner"),
        ("veidnes un integrācijas", "scope"),
        ("why does it take so long", "delays"),
    ],
)
def test_questions_are_found(insales: Profile, typed: str, meant: str) -> None:
    assert FaqSearch(insales.faq).find(typed)[0].key == meant
