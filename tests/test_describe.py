"""`talon check --desk`: a desk in words, and the next twelve months of its calendar."""

import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import app
from bot.describe import describe
from desk.loading import load_profile, shipped_profiles
from desk.profile import Profile
from tests.desk.profiles import small

WEEK = "Hours: Monday to Friday 9:00–18:00, closed on public holidays"
# Of each shipped desk: its hours, something it promises, something it asks.
SHIPPED: Mapping[str, tuple[str, str, str]] = {
    "insales": (
        "Hours: Monday to Sunday 0:00–24:00",
        "Priority Premium, 3 hours: first answer 3 hours",
        "Type “Layout”, priority “Layout, 36 hours”, asks: Subject; Description; Address of the shop",
    ),
    "megafon": (
        "Hours: not published",
        "Target, first answer: 24 hours (told to the customer)",
        "Type “Roaming”, priority “High”, asks: Surname; Telephone; Description; Contact details (optional)",
    ),
    "rtc_nt": (
        "Hours: not published",
        "Targets: none, nothing is promised",
        "Type “Problem” asks: Company (once); Contract number (optional; once); Description; Attachments",
    ),
    "saveit": (
        f"{WEEK} (RU)",
        "Priority 4 (improvement): solution 10 working days",
        "The form asks: Organisation (once); Full name (once); Position (once); Contact phone (once)",
    ),
    "smarttek": (
        f"{WEEK} (LV)",
        "Priority Normal: no deadline of its own",
        "Type “Technical department” asks: Company (once); Cash register; Description; Phone; Attachments",
    ),
    "vendotek": (
        f"{WEEK} (RU)",
        "A new ticket goes to whoever is on duty (/duty) and has the least to do.",
        "The form asks: Subject; Serial number (12 digits); Description; Connected equipment (optional)",
    ),
    "waviot": (
        f"{WEEK} (RU)",
        "Priority Low: to be agreed with an agent",
        "Type “Installing a base station”, priority “Critical”, asks: Base-station number (such as 1024)",
    ),
}


def command(desk: str) -> tuple[int, str, str]:
    """Exit status, what is printed, and what is said of mistakes."""
    result = CliRunner().invoke(app, ["check", "--desk", desk], env={"COLUMNS": "400"})
    return result.exit_code, result.stdout, result.stderr


def described(profile: Profile, today: date) -> str:
    """What is printed on that day, unwrapped."""
    console = Console(file=io.StringIO(), width=400, highlight=False)
    describe(profile, today, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def months(said: str) -> dict[str, tuple[str, list[str]]]:
    """The hours open in each month, and the days that differ from the week."""
    rows = re.findall(r"^│ (\w+ \d{4}) +│ ([\d.]+) +│ (.*?) +│$", said, re.MULTILINE)
    return {month: (hours, days.split(", ")) for month, hours, days in rows}


@pytest.mark.parametrize("desk", shipped_profiles())
def test_shipped_desk_is_described(desk: str) -> None:
    status, said, mistakes = command(desk)
    assert (status, mistakes) == (0, "")
    lines = said.splitlines()
    assert lines[0].endswith(f"({desk})")
    for begins in SHIPPED[desk]:
        assert any(line.startswith(begins) for line in lines), begins
    if load_profile(desk).hours is None:
        assert lines[-1] == "Calendar: no hours are published."
        assert months(said) == {}
    else:
        assert len(months(said)) == 12


@pytest.mark.parametrize("desk", ["vendotec", "/nowhere/desk.toml"])
def test_desk_that_is_not_there_is_one_line(desk: str) -> None:
    status, said, mistakes = command(desk)
    assert (status, said) == (2, "")
    assert re.fullmatch(rf"talon: {desk}: is neither a shipped desk nor [^\n]*vendotek[^\n]*\n", mistakes)


def test_wrong_profile_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('key = "mine"\nnmae = "Mine"\n')
    status, said, mistakes = command(str(file))
    assert (status, said) == (2, "")
    assert re.fullmatch(r"talon: \S*mine\.toml: nmae = \"Mine\": [^\n]*write 'name'[^\n]*\n", mistakes)


def test_a_desk_that_asks_nobody_to_agree_is_warned() -> None:
    today = date(2026, 3, 1)
    warned = "! Personal data: nobody is asked to agree, for there is no [privacy]."
    assert warned in described(small(), today)
    told = described(load_profile("vendotek"), today)
    assert "Personal data: customers agree first, in our words (version 1)." in told
    assert (
        "Tickets keep personal data until their customer erases it; their threads are deleted with it."
        in told
    )


def test_moved_days_of_a_russian_desk() -> None:
    said = described(load_profile("vendotek"), date(2026, 3, 1))
    calendar = months(said)
    first, *_, last = calendar
    assert (first, last) == ("March 2026", "February 2027")
    # 23 weekdays, of which 31 December was moved to be a day off.
    assert calendar["December 2026"] == ("198", ["31 Dec (Thu) closed"])
    # Saturday the 20th is a working day by decree, and stays closed: the day off in its place is Monday's.
    assert calendar["February 2027"] == ("162", ["22 Feb (Mon) closed", "23 Feb (Tue) closed"])
    assert "\n! " not in said


def test_desk_that_works_on_moved_days() -> None:
    hours = {"fri": "9:00-17:00", "holidays": "RU", "work_on_moved_days": True}
    calendar = months(described(small(hours=hours, reaction=None), date(2027, 1, 1)))
    assert calendar["February 2027"] == ("40", ["20 Feb (Sat) 9:00–17:00"])


def test_year_without_known_moved_days_is_warned_of() -> None:
    profile = load_profile("vendotek")
    assert "! 2028: the days that the government moves are not known yet" in described(
        profile, date(2027, 6, 1)
    )
    assert "not known yet" not in described(profile, date(2026, 12, 31))
    assert "! 2028" not in described(profile, date(2027, 1, 1)), "the table ends with December 2027"


def test_desk_that_works_on_holidays_is_not_warned() -> None:
    said = described(load_profile("insales"), date(2028, 1, 1))
    assert len(months(said)) == 12
    assert "not known yet" not in said


def test_priority_without_targets() -> None:
    priorities = [{"key": "high", "label": "High"}]
    assert "Priority High: the targets above\n" in described(small(priorities=priorities), date(2026, 1, 1))
    said = described(small(priorities=priorities, reaction=None, default_priority="high"), date(2026, 1, 1))
    assert "Priority High: no deadline of its own\nA new ticket has the priority “High”.\n" in said


def test_what_a_person_wants_to_know_of_a_desk() -> None:
    said = described(load_profile("saveit"), date(2026, 3, 1))
    assert "Target, solution: by priority (told to the customer)\n" in said
    assert "A new ticket has no priority until an agent sets one.\n" in said
    assert (
        "Attachments (up to 30 files; jpg, gif, png, others with a hint; bmp only inside rar or zip)" in said
    )
    assert "A telephone number without a country code is one of RU.\n" in said
    said = described(load_profile("insales"), date(2026, 3, 1))
    assert (
        "A new ticket has the priority “Regular, 24 hours”, unless its type or a mark says otherwise.\n"
        in said
    )
    assert "Notice before the form, for “Layout”: We change templates" in said
    assert "Type “Transfer of rights”, only for customers marked “Owner of the shop”, priority" in said
    said = described(load_profile("smarttek"), date(2026, 3, 1))
    assert "+371 20110505: begins with “HelpDesk: consultation and training” and what no department" in said


def test_missing_language_says_what_stands_instead() -> None:
    said = described(small(welcome={"en": "Hello", "ru": "Здравствуйте"}), date(2026, 1, 1))
    assert "Languages: Latvian, English; a text that lacks one is shown in the first of these that" in said
    assert "! welcome has no Latvian: it is shown in English.\n" in said


def test_reminder_is_told() -> None:
    for remind, told in (
        (2, "8 working hours, reminder 2 hours before"),
        (0, "8 working hours, no reminder"),
    ):
        said = described(small(reaction={"hours": 8, "remind_before": remind}), date(2026, 1, 1))
        assert f"Target, first answer: {told} (told to the customer)\n" in said


def test_own_dates_and_lunch_stand_in_the_calendar() -> None:
    hours = {
        "tue": ["9:00-13:00", "14:00-18:00"],
        "closed": [date(2026, 3, 3)],
        "open": {"2026-03-08": "22:00-24:00"},
    }
    said = described(small(hours=hours), date(2026, 3, 31))
    assert "Hours: Tuesday 9:00–13:00, 14:00–18:00\n" in said
    # Five Tuesdays of eight hours but one, and two hours of a Sunday.
    assert months(said)["March 2026"] == ("34", ["3 Mar (Tue) closed", "8 Mar (Sun) 22:00–24:00"])
