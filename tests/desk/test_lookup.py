"""What agents look for, as they type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.loading import load_profile
from desk.lookup import is_beginning, read_lookup, read_number

SERIAL = load_profile("vendotek").serial_field


@pytest.mark.parametrize("typed", ["1042", "#1042", "№ 1042", " #  1042 ", "١٠٤٢"])
def test_numbers(typed: str) -> None:
    assert read_number(typed) == 1042


@pytest.mark.parametrize("typed", ["", "#", "10 42", "-1042", "1042.5", "x1042", "9" * 19])
def test_no_numbers(typed: str) -> None:
    assert read_number(typed) is None


def test_serial_numbers_in_any_spelling() -> None:
    for typed in ("123456789012", "1234-5678-9012", "№ 1234 5678 9012", "у клиента 123456789012 мигает"):
        assert "123456789012" in read_lookup(typed, SERIAL).serials
    assert "123456789012" not in read_lookup("12345678901", SERIAL).serials
    assert read_lookup("123456789012", None).serials == frozenset()


def test_words_lose_case_marks_and_signs() -> None:
    lookup = read_lookup('Ёлка, "RĒĶINS"* @anna_oz AND елка', SERIAL)
    assert lookup.words == ("елка", "rekins", "anna", "oz", "and")
    assert [is_beginning(word) for word in lookup.words] == [True, True, True, False, True]


@given(st.text(max_size=400))
def test_whatever_is_typed_words_are_letters_and_digits(typed: str) -> None:
    lookup = read_lookup(typed, SERIAL)
    assert all(word.isalnum() and len(word) <= 64 for word in lookup.words)
    assert len(lookup.words) <= 8
    assert lookup.words or not any(character.isalpha() for character in typed[:256])
