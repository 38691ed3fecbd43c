import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.serial import SerialError, SerialProblem, find_code, find_serial, normalise_code, normalise_serial

SERIAL = "123456789012"


@pytest.mark.parametrize(
    "text",
    [
        "123456789012",
        "  123456789012\n",
        "1234 5678 9012",
        "1234-5678-9012",
        "1234\u20115678\u20119012",  # non-breaking hyphen
        "1234–5678—9012",
        "1234−5678―9012",
        "1234\u00a05678\u202f9012",  # no-break spaces
        "1234\u200b5678\ufeff9012\u200f",  # nothing to be seen
        "١٢٣٤٥٦٧٨٩٠١٢",
        "۱۲۳۴۵۶۷۸۹۰۱۲",
        "１２３４５６７８９０１２",
        "१२३४५६७८९०१२",
        "1️⃣23456789012",
        "№ 123456789012.",
        "123456789-012",
    ],
)
def test_serial_is_accepted_as_people_type_it(text: str) -> None:
    assert normalise_serial(text, 12) == SERIAL


@pytest.mark.parametrize(
    ("text", "problem", "found"),
    [
        ("", SerialProblem.EMPTY, 0),
        ("   ", SerialProblem.EMPTY, 0),
        ("\u200b", SerialProblem.EMPTY, 0),
        ("?", SerialProblem.EMPTY, 0),
        ("не знаю", SerialProblem.LETTERS, 0),
        ("👍", SerialProblem.LETTERS, 0),
        ("12345678901O", SerialProblem.LETTERS, 11),
        ("12345678901²", SerialProblem.LETTERS, 11),
        ("Ⅻ", SerialProblem.LETTERS, 0),
        ("серийный 123456789012", SerialProblem.LETTERS, 12),
        ("12345678901", SerialProblem.TOO_SHORT, 11),
        ("1234567890123", SerialProblem.TOO_LONG, 13),
        ("123456789012, 123456789012", SerialProblem.TOO_LONG, 24),
        ("1" * 4096, SerialProblem.TOO_LONG, 4096),
        ("ы" * 4096, SerialProblem.LETTERS, 0),
    ],
)
def test_refusal_says_why(text: str, problem: SerialProblem, found: int) -> None:
    with pytest.raises(SerialError) as caught:
        normalise_serial(text, 12)
    assert (caught.value.problem, caught.value.found, caught.value.digits) == (problem, found, 12)


decimal_digits = st.characters(categories=["Nd"])
forgiven = st.sampled_from(" -–—‑−\u00a0\u200b\u2009./")


@given(st.lists(st.tuples(decimal_digits, forgiven), min_size=4, max_size=32))
def test_any_digits_with_anything_forgiven_between_are_a_serial(typed: list[tuple[str, str]]) -> None:
    text = "".join(digit + mark for digit, mark in typed)
    expected = "".join(str(unicodedata.decimal(digit)) for digit, _ in typed)
    assert normalise_serial(text, len(typed)) == expected


@given(st.text())
def test_result_is_ascii_digits_or_a_reason(text: str) -> None:
    try:
        serial = normalise_serial(text, 12)
    except SerialError:
        return
    assert re.fullmatch("[0-9]{12}", serial)
    assert normalise_serial(serial, 12) == serial


@pytest.mark.parametrize(
    "text",
    [
        "123456789012",
        "Терминал 123456789012 не работает",
        "S/N:123456789012, не печатает.",
        "Серийный номер 1234-5678-9012!",
        "sērijas numurs: 123 456 789 012",
        "У меня 2 терминала, сломан 123456789012 (ещё раз: 123456789012)",
        "ошибка 5 на 123456789012",
        "номер ١٢٣٤٥٦٧٨٩٠١٢",
        "123456\u200b789012",
        "тел. +7 912 345-67-89, терминал 123456789012",
    ],
)
def test_unmistakable_serial_is_found(text: str) -> None:
    assert find_serial(text, 12) == SERIAL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "не работает",
        "12345678901",
        "1234567890123",
        "123456789012 и 210987654321",
        "+380501234567",
        "+380 5012 3456 7890",
        "AB123456789012",
        "123456789012X",
        "22-11-2026 10-30",
        "0,123456789012",
    ],
)
def test_doubtful_serial_is_left_alone(text: str) -> None:
    assert find_serial(text, 12) is None


@given(st.text(max_size=60), st.integers(4, 32))
def test_found_serial_is_a_serial(text: str, digits: int) -> None:
    serial = find_serial(text, digits)
    assert serial is None or normalise_serial(serial, digits) == serial


@pytest.mark.parametrize(
    ("text", "pattern", "code"),
    [
        ("WV123456", r"WV\d{6}", "WV123456"),
        ("wv 123-456", r"WV\d{6}", "WV123456"),
        ("  №WV123456. ", r"WV\d{6}", "WV123456"),
        ("ВС-12", r"BC-\d\d", "BC-12"),  # Cyrillic letters that look Latin
        ("bc–12", r"BC-\d\d", "BC-12"),
        ("WV١٢٣٤٥٦", r"WV\d{6}", "WV123456"),
        ("w\u200bv123456", r"WV\d{6}", "WV123456"),
    ],
)
def test_code_is_accepted_as_people_type_it(text: str, pattern: str, code: str) -> None:
    assert normalise_code(text, pattern, latin=True, case="upper") == code
    assert normalise_code(code, pattern, latin=True, case="upper") == code


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", SerialProblem.EMPTY),
        ("—", SerialProblem.EMPTY),
        ("WV12345", SerialProblem.FORM),
        ("WV1234567", SerialProblem.FORM),
        ("my number is WV123456", SerialProblem.FORM),
        ("W" * 4096, SerialProblem.FORM),
        (" " * 300 + "WV123456", SerialProblem.FORM),
    ],
)
def test_code_of_another_form_is_refused(text: str, problem: SerialProblem) -> None:
    with pytest.raises(SerialError) as caught:
        normalise_code(text, r"WV\d{6}", latin=True, case="upper")
    assert caught.value.problem is problem


def test_case_and_letters_are_what_the_pattern_wants() -> None:
    assert normalise_code("AB1", r"[a-z]+\d", case="lower") == "ab1"
    assert normalise_code("Аб1", r"[А-Яа-я]+\d") == "Аб1"
    with pytest.raises(SerialError):
        normalise_code("Аб1", r"[А-Яа-я]+\d", latin=True)


def test_code_in_a_sentence_is_found_if_there_is_one() -> None:
    pattern = r"WV\d{6}"
    assert find_code("the meter wv123456, please", pattern, latin=True, case="upper") == "WV123456"
    assert find_code("WV123456 or WV123457", pattern) is None
    assert find_code("WV123456 and again WV123456", pattern) == "WV123456"
    assert find_code("no number", pattern) is None
