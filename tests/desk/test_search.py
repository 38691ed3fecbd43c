"""What somebody types finds the frequent question they mean, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.faq import FaqEntry
from desk.loading import load_profile
from desk.search import MOST_FOUND, FaqSearch

VENDOTEK = FaqSearch(load_profile("vendotek").faq)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("терминал не видит интернет", "internet"),
        ("антена", "internet"),
        ("sim card", "internet"),
        ("no conection", "internet"),
        ("piekluve internetam", "internet"),
        ("банк", "bank"),
        ("не проходит оплата картой", "bank"),
        ("bank does not answer", "bank"),
        ("нет обмена с автоматом", "exchange"),
        ("импулсы не приходят", "pulses"),
        ("TESTA IMPULSI", "pulses"),
    ],
)
def test_found_in_any_language_with_typing_errors_and_endings(typed: str, meant: str) -> None:
    assert VENDOTEK.find(typed)[0].key == meant


@pytest.mark.parametrize("typed", ["", "?!", "a б", "hello", "привет", "xyzzy", "12345", "<b>&</b>"])
def test_what_resembles_nothing_finds_nothing(typed: str) -> None:
    assert VENDOTEK.find(typed) == ()


def test_further_words_of_an_entry_find_it() -> None:
    plain = {"question": "How do I reset it?", "answer": "Hold the button."}
    search = FaqSearch(
        [
            FaqEntry.model_validate({"key": "reset", "words": "hang frozen", **plain}),
            FaqEntry.model_validate({"key": "b", "question": "Where is the manual?", "answer": "Online"}),
        ]
    )
    assert [entry.key for entry in search.find("it is froze")] == ["reset"]
    assert search.find("broken") == ()


def test_without_entries_nothing_is_found() -> None:
    assert FaqSearch([]).find("anything") == ()


@given(st.text(max_size=300))
def test_anything_may_be_typed(typed: str) -> None:
    found = VENDOTEK.find(typed)
    assert len(found) <= MOST_FOUND
    assert len({entry.key for entry in found}) == len(found)
    assert VENDOTEK.find(typed) == found
