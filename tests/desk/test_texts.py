import pytest
from pydantic import ValidationError

from desk.texts import LANGUAGES, Language, Text
from tests.desk.profiles import small


@pytest.mark.parametrize(("language", "expected"), [("ru", "Привет"), ("en", "Hello"), ("lv", "Привет")])
def test_missing_language_falls_back_to_russian_first(language: Language, expected: str) -> None:
    assert Text(ru="Привет", en="Hello").in_language(language) == expected


def test_missing_language_falls_back_to_what_the_profile_offers_first() -> None:
    profile = small(languages=["lv", "ru"], welcome={"ru": "Привет", "lv": "Sveiki"})
    assert profile.welcome.in_language("en") == "Sveiki"


def test_language_that_the_profile_does_not_offer_is_the_last_resort() -> None:
    profile = small(languages=["lv"], welcome={"en": "Hello"})
    assert profile.welcome.in_language("lv") == "Hello"


def test_plain_string_stands_for_every_language() -> None:
    text = Text.model_validate("Vendotek")
    assert {text.in_language(language) for language in LANGUAGES} == {"Vendotek"}
    assert text.languages == LANGUAGES


def test_space_around_a_text_is_dropped() -> None:
    assert Text.model_validate("\n  Hello\n").in_language("en") == "Hello"


@pytest.mark.parametrize("nothing", [{}, {"ru": ""}, {"ru": "  "}, "", 5, ["Hello"], {"de": "Hallo"}])
def test_nothing_is_no_text(nothing: object) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(nothing)
