from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.moments import parse_moment
from tests.desk.journals import MOSCOW, at

NOW = at("23.11 10:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("25.11 14:00", "25.11 14:00"),
        ("25.11. 14:00", "25.11 14:00"),
        ("5.12 9:05", "5.12 9:05"),
        ("25.11.2026 14.00", "25.11 14:00"),
        ("25.11.26, 14:00", "25.11 14:00"),
        ("  2026-11-25   14:00 ", "25.11 14:00"),
        # Without a year the next such date; today is one, though its hour may be over.
        ("12.01 12:00", "12.01.2027 12:00"),
        ("23.11 09:00", "23.11 09:00"),
        ("1.2.2028 0:00", "1.02.2028 0:00"),
        ("25.11.0099 14:00", "25.11.2099 14:00"),
    ],
)
def test_moments_as_agents_type_them(text: str, moment: str) -> None:
    assert parse_moment(text, MOSCOW, NOW) == at(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "завтра",
        "25.11",
        "14:00",
        "31.02 14:00",
        "25.13 14:00",
        "25.11 24:00",
        "25.11 14:60",
        "29.02 14:00",
        "25.11 14:00 утра",
        "0.0 0:00",
        "25/11 14:00",
    ],
)
def test_what_names_no_moment(text: str) -> None:
    assert parse_moment(text, MOSCOW, NOW) is None


def test_wall_time_is_the_desks() -> None:
    riga = ZoneInfo("Europe/Riga")
    assert parse_moment("1.07.2027 12:00", riga, NOW) == at("1.07.2027 12:00", riga)


@given(st.text(max_size=30))
def test_nothing_that_is_typed_fails(text: str) -> None:
    parse_moment(text, MOSCOW, NOW)
