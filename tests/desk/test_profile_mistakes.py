"""A person who writes a profile reads one line that names the key, the value and the mend."""

from typing import Any

import pytest

from desk.faults import ProfileError
from desk.profile import parse_profile
from tests.desk.profiles import small_data

ABSENT = object()

# Where the mistake is, what stands there, and the key, the value and the mend that have to be named.
MISTAKES: list[tuple[tuple[str | int, ...], Any, str, str, str]] = [
    (("zone",), ABSENT, "zone", "", "add it"),
    (("zone",), "Europe/Mosocw", "zone", '"Europe/Mosocw"', '"Europe/Moscow"'),
    (("zone",), "../../etc/passwd", "zone", '"../../etc/passwd"', '"Europe/Moscow"'),
    (("langages",), ["ru"], "langages", '["ru"]', "'languages'"),
    (("languages",), ["ru", "de"], "languages[2]", '"de"', "'ru', 'en' or 'lv'"),
    (("languages",), ["ru", "ru"], "languages[]", '"ru"', "keep one"),
    (("languages",), "ru", "languages", '"ru"', "write [ … ]"),
    (("welcome",), 5, "welcome", "5", '{ ru = "…", en = "…", lv = "…" }'),
    (("welcome",), {"ru": ""}, "welcome.ru", '""', "write a text"),
    (("welcome",), {"de": "Hallo"}, "welcome.de", '"Hallo"', "remove it"),
    (("form", 0, "digits"), "12", "form[serial].digits", '"12"', "without quotes"),
    (("form", 0, "digits"), 2, "form[serial].digits", "2", "write 4 or more"),
    (("form", 0, "kind"), "serials", "form[serial].kind", '"serials"', "'text', 'serial', 'attachments'"),
    (("form", 0, "kind"), ABSENT, "form[serial].kind", "", 'add "text", "serial" or "attachments"'),
    (("form", 0, "where"), ABSENT, "form[serial].where", "", "add it"),
    (("form", 1, "key"), "My Story", "form[My Story].key", '"My Story"', "small Latin letters"),
    (("form", 1, "key"), "serial", "form[].key", '"serial"', "change the other"),
    (("form", 1, "max_length"), 5000, "form[story].max_length", "5000", "write 4096 or less"),
    (("form", 1, "min_length"), 5000, "form[story].min_length", "5000", "write 4096 or less"),
    (("form", 1, "max_length"), 0, "form[story].max_length", "0", "write 1 or more"),
    (("form", 1, "role"), "title", "form[story].role", '"title"', "'subject' or 'description'"),
    (("form", 1, "role"), ABSENT, "form", 'kind = "serial"', 'role = "description"'),
    (("form", 1, "kind"), "attachments", "form[story].role", '"description"', "write "),
    (("form", 2, "accept"), ["photo", "gif"], "form[files].accept[2]", '"gif"', "'photo', 'video'"),
    (("form", 2, "accept"), [], "form[files].accept", "[]", "list at least 1"),
    (("form", 2, "max_cuont"), 3, "form[files].max_cuont", "3", "'max_count'"),
    (("form",), [], "form", "[]", "list at least 1"),
    (("hours", "mon"), "9-18", "hours.mon", '"9-18"', '"9:00-18:00"'),
    (("hours", "mon"), "22:00-6:00", "hours.mon", '"22:00-6:00"', "split a night at 24:00"),
    (("hours", "mon"), "9:00-25:00", "hours.mon", '"9:00-25:00"', "0:00 to 24:00"),
    (("hours", "mon"), ["9:00-13:00", "12:00-18:00"], "hours.mon", '"12:00-18:00"', "list them in order"),
    (("hours", "mon"), 9, "hours.mon", "9", '"9:00-18:00"'),
    (("hours", "holidays"), "XX", "hours.holidays", '"XX"', '"RU"'),
    (("hours", "work_on_moved_days"), "no", "hours.work_on_moved_days", '"no"', "true or false"),
    (("hours", "closed"), ["2026-13-01"], "hours.closed[1]", '"2026-13-01"', "2026-12-24"),
    (("hours", "closed"), [20261224], "hours.closed[1]", "20261224", "2026-12-24"),
    (("hours", "open"), {"2026-02-30": "9:00-18:00"}, "hours.open.2026-02-30", '"2026-02-30"', "2026-12-24"),
    (("hours", "open"), {"2026-02-20": "9"}, "hours.open.2026-02-20", '"9"', '"9:00-18:00"'),
    (("hours",), ABSENT, "reaction.clock", '"business"', "add [hours]"),
    (("hours",), {"holidays": "RU"}, "reaction.clock", '"business"', "add [hours]"),
    (("reaction", "clock"), "busines", "reaction.clock", '"busines"', "'business' or 'calendar'"),
    (("reaction", "hours"), 0, "reaction.hours", "0", "more than 0"),
    (("reaction", "hours"), "24", "reaction.hours", '"24"', "without quotes"),
    (("reaction", "starts"), "later", "reaction.starts", '"later"', "'received' or 'opening'"),
    (("relay",), "reply", "relay", '"reply"', "'messages' or 'replies'"),
    (("agent_names",), "yes", "agent_names", '"yes"', "true or false"),
    (("reopen_days",), -1, "reopen_days", "-1", "write 0 or more"),
    (("reopen_days",), 1.5, "reopen_days", "1.5", "without quotes"),
    (("notices", 0, "at"), "end", "notices[polite].at", '"end"', "'start', 'review' or 'faq'"),
    (("gates", 0, "question"), ABSENT, "gates[ours].question", "", "add it"),
    (("faq", 0), "x", "faq[1]", '"x"', "write a table"),
    (("name",), {"ru": "x" * 5000}, "name.ru", '"xxx', "shorten it to 3500"),
]


@pytest.mark.parametrize(("place", "value", "key", "shown", "mend"), MISTAKES)
def test_mistake_is_told_in_one_line(
    place: tuple[str | int, ...], value: Any, key: str, shown: str, mend: str
) -> None:
    data = small_data()
    part: Any = data
    for step in place[:-1]:
        part = part[step]
    if value is ABSENT:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    with pytest.raises(ProfileError) as caught:
        parse_profile(data, "mine.toml")
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 300
    assert line.startswith(f"mine.toml: {key}" + (" = " if shown else ": "))
    assert shown in line
    assert mend in line.split("; ", 1)[1]


def test_fields_out_of_order() -> None:
    data = small_data()
    data["form"].insert(0, data["form"].pop())
    with pytest.raises(
        ProfileError, match=r'^mine\.toml: form\[files\] = "attachments": .*move it to the end$'
    ):
        parse_profile(data, "mine.toml")


def test_one_role_twice() -> None:
    data = small_data()
    data["form"].insert(1, data["form"][1] | {"key": "other"})
    with pytest.raises(ProfileError, match=r'^mine\.toml: form\[\]\.role = "description": .*one field'):
        parse_profile(data, "mine.toml")


def test_least_length_beyond_the_greatest() -> None:
    data = small_data()
    data["form"][1] |= {"min_length": 20, "max_length": 10}
    with pytest.raises(
        ProfileError, match=r"^mine\.toml: form\[story\]\.min_length = 20: .*max_length 10; lower"
    ):
        parse_profile(data, "mine.toml")


def test_date_both_open_and_closed() -> None:
    data = small_data()
    data["hours"] |= {"closed": ["2026-05-08"], "open": {"2026-05-08": "9:00-12:00"}}
    with pytest.raises(ProfileError, match=r"^mine\.toml: hours\.closed = 2026-05-08: .*one of the two$"):
        parse_profile(data, "mine.toml")


def test_several_mistakes_are_counted() -> None:
    data = small_data() | {"zone": "Nowhere", "relay": "all"}
    with pytest.raises(ProfileError, match=r"^mine\.toml: zone = .* \(and 1 more\)$"):
        parse_profile(data, "mine.toml")


def test_error_keeps_its_parts() -> None:
    with pytest.raises(ProfileError) as caught:
        parse_profile(small_data() | {"zone": "Nowhere"}, "mine.toml")
    error = caught.value
    assert (error.source, error.key, error.value) == ("mine.toml", "zone", "Nowhere")
    assert error.problem == "is no time zone"
