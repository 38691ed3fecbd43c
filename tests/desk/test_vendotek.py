"""The shipped vendotek desk against its published rules, and against the habits of its three languages."""

import re
from datetime import UTC, datetime

import pytest

from desk.coverage import missing_texts, texts_of
from desk.fields import AttachmentsField, SerialField, TextField
from desk.loading import load_profile
from desk.profile import Profile
from desk.texts import LANGUAGES, Language
from tests.desk.habits import faults
from tests.desk.journals import journal, one, wall

NAMES = {"Vendotek"}
CYRILLIC = re.compile("[А-Яа-яЁё]")
LATIN_WORD = re.compile("[A-Za-zĀ-ž]+")


@pytest.fixture(scope="module")
def vendotek() -> Profile:
    return load_profile("vendotek")


def in_language(profile: Profile, language: Language) -> list[tuple[str, str]]:
    # Names of fields that are filled in are no words.
    return [(key, re.sub(r"\{\w+\}", "", text.in_language(language))) for key, text in texts_of(profile)]


def test_languages_are_offered_russian_first(vendotek: Profile) -> None:
    assert vendotek.languages == ("ru", "en", "lv")


def test_every_text_is_there_in_every_language(vendotek: Profile) -> None:
    assert missing_texts(vendotek) == ()
    assert len(list(texts_of(vendotek))) > 30


def test_languages_differ(vendotek: Profile) -> None:
    for key, text in texts_of(vendotek):
        assert len({text.in_language(language) for language in LANGUAGES}) == 3, key


def test_russian_has_no_latin_words_but_names(vendotek: Profile) -> None:
    for key, text in in_language(vendotek, "ru"):
        assert set(LATIN_WORD.findall(text)) <= NAMES, key


def test_every_text_is_right_in_its_language(vendotek: Profile) -> None:
    assert faults(vendotek, NAMES) == []


def test_english_and_latvian_have_no_cyrillic(vendotek: Profile) -> None:
    for key, text in in_language(vendotek, "en") + in_language(vendotek, "lv"):
        assert not CYRILLIC.search(text), key


def test_latvian_has_no_english_words(vendotek: Profile) -> None:
    english = {word.lower() for _, text in in_language(vendotek, "en") for word in LATIN_WORD.findall(text)}
    shared = {
        word.lower()
        for _, text in in_language(vendotek, "lv")
        for word in LATIN_WORD.findall(text)
        if word.lower() in english
    }
    # Words that both languages write alike: "no" (from) and "to" (it) are Latvian.
    assert shared <= {"vendotek", "sim", "video", "no", "to"}


def test_customers_are_addressed_formally(vendotek: Profile) -> None:
    for key, text in in_language(vendotek, "ru"):
        assert not re.search(r"\b(вы|вас|вам|вами|ваш\w*|ты|тебя|тебе|твой)\b", text), key
    for key, text in in_language(vendotek, "lv"):
        assert not re.search(r"\b(jūs|jums|jūsu|tu|tev|tavs|tavu)\b", text), key


def test_quotation_marks_are_those_of_the_language(vendotek: Profile) -> None:
    marks: dict[Language, str] = {"ru": "«»", "en": "“”", "lv": "„”"}
    for language, own in marks.items():
        for key, text in in_language(vendotek, language):
            assert set(re.findall('["«»“”„]', text)) <= set(own), key
            assert text.count(own[0]) == text.count(own[1]), key


def test_form_asks_what_the_rules_demand(vendotek: Profile) -> None:
    assert [field.key for field in vendotek.form] == [
        "subject",
        "serial",
        "description",
        "equipment",
        "attachments",
    ]
    assert [field.key for field in vendotek.form if field.required] == ["subject", "serial", "description"]
    subject, serial, description, equipment, attachments = vendotek.form
    assert isinstance(subject, TextField)
    assert subject.role == "subject"
    assert isinstance(serial, SerialField)
    assert serial.digits == 12
    assert isinstance(description, TextField)
    assert description.role == "description"
    assert isinstance(equipment, TextField)
    assert isinstance(attachments, AttachmentsField)


def test_customers_are_sent_to_four_self_checks_first(vendotek: Profile) -> None:
    assert vendotek.advice is not None
    assert [entry.key for entry in vendotek.faq] == ["internet", "bank", "exchange", "pulses"]


def test_supplier_gate_lets_go_on(vendotek: Profile) -> None:
    (gate,) = vendotek.gates
    assert gate.key == "supplier"
    assert not gate.blocks
    assert "поставщик" in gate.notice.in_language("ru")


def test_notices_of_the_rules_are_given(vendotek: Profile) -> None:
    assert {"etiquette", "warranty", "manual"} <= {notice.key for notice in vendotek.notices}


def test_reaction_is_promised_within_24_working_hours(vendotek: Profile) -> None:
    # Friday 17:00 in Moscow; 1 h on Friday, 9 each on Monday and Tuesday, 5 on Wednesday.
    reaction = one("reaction", vendotek, journal("20.11 17:00"), "20.11 17:00")
    assert wall(reaction.due_at) == "25.11 14:00"
    assert vendotek.promised[0] is reaction.name


def test_moved_working_saturday_is_not_worked(vendotek: Profile) -> None:
    calendar = vendotek.calendar
    assert calendar is not None
    assert not calendar.is_open(datetime(2027, 2, 20, 9, tzinfo=UTC))
