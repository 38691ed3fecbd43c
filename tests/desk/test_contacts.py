"""Telephone numbers, addresses, links and names as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.contacts import (
    ContactError,
    ContactProblem,
    is_region,
    read_email,
    read_link,
    read_name,
    read_phone,
    shared_phone,
    shown_phone,
)


@pytest.mark.parametrize(
    ("text", "region", "kept"),
    [
        ("8 800 550 05 00", "RU", "+78005500500"),
        ("8(999)123-45-67", "RU", "+79991234567"),
        ("20110545", "LV", "+37120110545"),
        ("+371 20110545", "RU", "+37120110545"),
        ("00371 20 110 545", "LV", "+37120110545"),
        ("+371 20 110 545", None, "+37120110545"),
        ("２０１１０５４５", "LV", "+37120110545"),
        ("+7 (495) 123-45-67 доб. 12", None, "+74951234567;ext=12"),
        ("мой номер 8 999 123 45 67, звоните после шести", "RU", "+79991234567"),
        ("кв. 5, тел. 20110545", "LV", "+37120110545"),
        ("\u200e+371\u00a020\u00a0110\u00a0545", None, "+37120110545"),
    ],
)
def test_telephone_number_is_taken_as_people_type_it(text: str, region: str | None, kept: str) -> None:
    assert read_phone(text, region) == kept
    assert read_phone(kept, region) == kept


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("", "RU", ContactProblem.NO_PHONE),
        ("позвоните мне", "RU", ContactProblem.NO_PHONE),
        ("x" * 4096, "RU", ContactProblem.NO_PHONE),
        ("1" * 4096, "RU", ContactProblem.NO_PHONE),
        ("20110545", None, ContactProblem.NO_COUNTRY),
        ("0500", "RU", ContactProblem.WRONG_PHONE),
        ("112", "LV", ContactProblem.WRONG_PHONE),
        ("8 999 123 45 6", "RU", ContactProblem.WRONG_PHONE),
        ("+371 2011", None, ContactProblem.WRONG_PHONE),
        ("89991234567, 89997654321", "RU", ContactProblem.SEVERAL),
    ],
)
def test_what_is_no_telephone_number_is_told_why(
    text: str, region: str | None, problem: ContactProblem
) -> None:
    with pytest.raises(ContactError) as caught:
        read_phone(text, region)
    assert caught.value.problem is problem


def test_shared_contact_comes_without_its_plus() -> None:
    assert shared_phone("37120110545") == shared_phone("+371 20110545") == "+37120110545"
    with pytest.raises(ContactError):
        shared_phone("12")


def test_kept_number_is_shown_as_people_write_it() -> None:
    assert shown_phone("+37120110545") == "+371 20 110 545"
    assert shown_phone("+74951234567;ext=12") == "+7 495 123-45-67 ext. 12"
    assert shown_phone("something of long ago") == "something of long ago"


def test_regions_are_countries() -> None:
    assert is_region("RU")
    assert not is_region("ru")
    assert not is_region("XX")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("anna@example.com", "anna@example.com"),
        ("  Anna.P@Example.COM ", "Anna.P@example.com"),
        ("<anna@example.com>", "anna@example.com"),
        ("mailto:anna@example.com", "anna@example.com"),
        ("моя почта anna@example.com.", "anna@example.com"),
        ("почта@пример.рф", "почта@пример.рф"),
    ],
)
def test_address_is_taken_as_people_type_it(text: str, kept: str) -> None:
    assert read_email(text) == kept
    assert read_email(kept) == kept


@pytest.mark.parametrize(
    "text", ["", "anna", "anna@", "@example.com", "anna@example", "a b@c", "anna@localhost", "@" * 4096]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_email(text)
    assert caught.value.problem is ContactProblem.NO_EMAIL


def test_two_addresses_are_one_too_many() -> None:
    with pytest.raises(ContactError) as caught:
        read_email("anna@example.com or boris@example.com")
    assert caught.value.problem is ContactProblem.SEVERAL


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://example.com/object/42?x=1#top", "https://example.com/object/42?x=1#top"),
        ("example.com/a", "https://example.com/a"),
        ("вот ссылка: http://example.com, посмотрите", "http://example.com"),
        ("https://пример.рф/путь", "https://пример.рф/путь"),
        ("http://192.168.1.20:8080/", "http://192.168.1.20:8080/"),
        ("HTTPS://Example.com/A", "HTTPS://Example.com/A"),
    ],
)
def test_link_is_taken_as_people_type_it(text: str, kept: str) -> None:
    assert read_link(text) == kept
    assert read_link(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "", "nothing", "не знаю", "ftp://example.com", "javascript:alert(1)", "https://", "https://a b",
        "https://example.com:99999999/", "https://[::1", "https://" + "a" * 5000 + ".com", "." * 4096, "..",
    ],
)  # fmt: skip
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_link(text)
    assert caught.value.problem is ContactProblem.NO_LINK


def test_two_links_are_one_too_many() -> None:
    with pytest.raises(ContactError) as caught:
        read_link("https://example.com https://example.org")
    assert caught.value.problem is ContactProblem.SEVERAL


@pytest.mark.parametrize(
    ("text", "words", "kept"),
    [
        ("  Анна \n Петрова ", 2, "Анна Петрова"),
        ("Jānis Bērziņš-Kalns", 2, "Jānis Bērziņš-Kalns"),
        ("O'Neil", 1, "O'Neil"),
        ("Иванов Иван Иванович", 3, "Иванов Иван Иванович"),
        ("Иванов И.И.", 2, "Иванов И.И."),
    ],
)
def test_name_is_taken(text: str, words: int, kept: str) -> None:
    assert read_name(text, words) == kept


@pytest.mark.parametrize(
    ("text", "words", "problem"),
    [
        ("", 1, ContactProblem.NO_NAME),
        ("😀", 1, ContactProblem.NO_NAME),
        ("+371 20110545", 1, ContactProblem.NO_NAME),
        ("@anna", 1, ContactProblem.NO_NAME),
        ("я" * 129, 1, ContactProblem.NO_NAME),
        ("Анна", 2, ContactProblem.NOT_IN_FULL),
        ("Анна 😀", 2, ContactProblem.NOT_IN_FULL),
    ],
)
def test_what_is_no_name(text: str, words: int, problem: ContactProblem) -> None:
    with pytest.raises(ContactError) as caught:
        read_name(text, words)
    assert caught.value.problem is problem


@given(st.text(max_size=300))
def test_any_text_is_taken_or_told_why_and_what_is_taken_stays_as_it_is(text: str) -> None:
    for read in (lambda t: read_phone(t, "LV"), read_email, read_link, lambda t: read_name(t, 1)):
        try:
            kept = read(text)
        except ContactError:
            continue
        assert read(kept) == kept
