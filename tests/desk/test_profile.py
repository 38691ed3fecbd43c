from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from desk.coverage import Missing, missing_texts, texts_of
from desk.faults import ProfileError
from desk.fields import FAMILIES
from desk.hours import Window
from desk.loading import load_profile, shipped_profiles
from tests.desk.profiles import small


def test_profile_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        "\ufeff"  # as Windows' Notepad saves it
        'key = "mine"\nname = "Mine"\nzone = "Europe/Riga"\nwelcome.lv = "Sveiki"\n'
        '[[form]]\nkind = "text"\nkey = "story"\nlabel = "S"\nquestion = "?"\nrole = "description"\n'
        '[hours]\nmon = "9:00-18:00"\nclosed = [2026-12-24]\nopen.2026-12-27 = "10:00-14:00"\n',
        encoding="utf-8",
    )
    profile = load_profile(str(file))
    assert profile.key == "mine"
    assert profile.hours is not None
    assert profile.hours.closed == {date(2026, 12, 24)}
    assert profile.hours.open == {date(2026, 12, 27): (Window(600, 840),)}


def test_shipped_desk_is_found_by_name() -> None:
    assert "vendotek" in shipped_profiles()
    assert all(load_profile(name).key == name for name in shipped_profiles())


@pytest.mark.parametrize("name", ["", "vendotec", "/nowhere/desk.toml", ".", "vendo\0tek"])
def test_desk_that_is_not_there(name: str) -> None:
    with pytest.raises(ProfileError, match=r"^[^\n]*shipped desk[^\n]*use one of .*vendotek[^\n]*$"):
        load_profile(name)


def test_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('key = "a"\nname = Mine\n')
    with pytest.raises(ProfileError, match=r"^\S*broken\.toml: is not TOML: .*line 2.*$"):
        load_profile(str(file))


def test_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_bytes('name = "Поддержка"'.encode("cp1251"))
    with pytest.raises(ProfileError, match=r"old\.toml: byte 9: is not UTF-8; save the file as UTF-8$"):
        load_profile(str(file))


def test_profile_finds_its_fields() -> None:
    profile = small()
    questions = profile.questions(None)
    assert profile.field("story") is questions.description
    assert profile.serial_field is profile.form[0]
    assert questions.attachments is profile.form[2]
    assert questions.subject is None
    assert profile.fallback == "lv"
    with pytest.raises(KeyError):
        profile.field("colour")


def test_what_a_profile_leaves_out() -> None:
    profile = small()
    files = profile.questions(None).attachments
    assert files is not None
    assert files.accept == FAMILIES
    assert not files.required
    assert profile.serial_field is not None
    assert profile.serial_field.required
    assert not profile.gates[0].blocks
    assert profile.relay == "messages"
    assert profile.draft_life == timedelta(days=7)
    assert profile.solved_silence == timedelta(days=3)
    assert profile.reopen_window == timedelta(days=14)


def test_notices_belong_to_moments() -> None:
    profile = small()
    assert profile.notices_at("start") == profile.notices
    assert profile.notices_at("review") == ()


def test_profile_does_not_change() -> None:
    with pytest.raises(ValidationError):
        small().key = "other"  # type: ignore[misc]


def test_lunch_break_makes_two_windows() -> None:
    hours = small().hours
    assert hours is not None
    assert hours.tue == (Window(540, 780), Window(840, 1080))
    assert hours.wed == ()


def test_missing_languages_are_told() -> None:
    profile = small(languages=["ru", "lv"], welcome={"lv": "Sveiki"})
    assert missing_texts(profile) == (Missing("welcome", "ru", "lv"),)


def test_every_text_is_named_by_its_key() -> None:
    keys = [key for key, _ in texts_of(small())]
    assert keys[:2] == ["name", "welcome"]
    assert {"form[serial].where", "gates[ours].notice", "faq[power].answer", "notices[polite].text"} < set(
        keys
    )
