"""A person who writes a profile reads one line that names the key, the value and the mend."""

import functools
import math
import operator
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.faults import ProfileError
from desk.loading import parse_profile
from tests.desk.profiles import large_data, small_data

ABSENT = object()
REASON = {"key": "scope", "label": "Out of scope", "text": "This is outside of our scope."}
PNG = b"\x89PNG\r\n\x1a\n and the rest"

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
    (("form", 0, "kind"), "serials", "form[serial].kind", '"serials"', "'text', 'serial', 'choice'"),
    (("form", 0, "kind"), ABSENT, "form[serial].kind", "", 'add kind = "text"'),
    (("form", 0, "where"), ABSENT, "form[serial].where", "", "add it"),
    (("form", 1, "key"), "My Story", "form[My Story].key", '"My Story"', "small Latin letters"),
    (("form", 1, "key"), "serial", "form[].key", '"serial"', "change the other"),
    (("form", 1, "max_length"), 5000, "form[story].max_length", "5000", "write 4096 or less"),
    (("form", 1, "min_length"), 5000, "form[story].min_length", "5000", "write 4096 or less"),
    (("form", 1, "max_length"), 0, "form[story].max_length", "0", "write 1 or more"),
    (("form", 1, "role"), "title", "form[story].role", '"title"', "'subject', 'description' or 'position'"),
    (("form", 1, "role"), ABSENT, "form", 'kind = "serial"', 'role = "description"'),
    (("form", 1, "kind"), "attachments", "form[story].role", '"description"', "remove it"),
    (("form", 2, "accept"), ["photo", "gif"], "form[files].accept[2]", '"gif"', "'photo', 'video'"),
    (("form", 2, "accept"), [], "form[files].accept", "[]", "list at least 1"),
    (("form", 2, "max_cuont"), 3, "form[files].max_cuont", "3", "'max_count'"),
    (("form",), [], "form", "[]", "list at least 1"),
    (("privacy",), {"version": "2"}, "privacy.version", '"2"', "without quotes"),
    (("privacy",), {"url": "example.com"}, "privacy.url", "example.com", "https://"),
    (("privacy",), {"retention_days": 3}, "privacy.retention_days", "3", "write at least 14"),
    (("privacy",), {"consnt": "Yes?"}, "privacy.consnt", '"Yes?"', "'consent'"),
    (("privacy",), {"consent": ""}, "privacy.consent", '""', "write a text"),
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
    (("reaction", "hours"), math.inf, "reaction.hours", "inf", "such as 4 or 0.5"),
    (("reaction", "starts"), "later", "reaction.starts", '"later"', "'received' or 'opening'"),
    (("assign",), "auto", "assign", '"auto"', "'automatic' or 'by hand'"),
    (("departments",), [{"key": "a"}], "departments[a].label", "", "add it"),
    (("departments",), [{"key": "a", "label": "A", "phon": "1"}], "departments[a].phon", '"1"', "'phone'"),
    (("relay",), "reply", "relay", '"reply"', "'messages' or 'replies'"),
    (("agent_names",), "yes", "agent_names", '"yes"', "true or false"),
    (("ban_reasons",), "spam", "ban_reasons", '"spam"', "true or false"),
    (("reopen_days",), -1, "reopen_days", "-1", "write 0 or more"),
    (("remind_before_close_hours",), 72, "remind_before_close_hours", "72", "write less than 72, or 0"),
    (("remind_before_close_hours",), -1, "remind_before_close_hours", "-1", "write 0 or more"),
    (("rating",), "no", "rating", '"no"', "true or false"),
    (("reasons",), [{"key": "x", "label": "X"}], "reasons[x].text", "", "add it"),
    (("reasons",), [REASON | {"when": "close"}], "reasons[scope].when", '"close"', "'postpone' or 'refuse'"),
    (("reasons",), [REASON, REASON], "reasons[].key", '"scope"', "change the other"),
    (("reasons",), [REASON | {"label": "x" * 65}], "reasons[scope].label.ru", '"xxx', "64 characters"),
    (("reopen_days",), 1.5, "reopen_days", "1.5", "without quotes"),
    (
        ("notices", 0, "at"),
        "end",
        "notices[polite].at",
        '"end"',
        "'start', 'form', 'review', 'opened' or 'faq'",
    ),
    (("gates", 0, "question"), ABSENT, "gates[ours].question", "", "add it"),
    (("faq", 0), "x", "faq[1]", '"x"', "write a table"),
    (
        ("faq", 0, "question"),
        {"lv": "Nav\nstrāvas?"},
        "faq[power].question.lv",
        '"Nav strāvas?"',
        "write one",
    ),
    (("name",), {"ru": "x" * 5000}, "name.ru", '"xxx', "shorten it to 3500"),
]


TWO_WITH_PROBLEMS = [{"key": key, "label": key, "types": ["problem"]} for key in ("here", "there")]
TALKATIVE = [{"key": key, "label": key, "about": "a" * 2000} for key in ("problem", "question", "removal")]
FORMATLESS = {"kind": "attachments", "key": "files", "label": "F", "question": "?", "others": "refuse"}

# The same in a profile with types, marks and most kinds of field.
LARGE_MISTAKES: list[tuple[tuple[str | int, ...], Any, str, str, str]] = [
    (("region",), "lv", "region", '"lv"', '"RU"'),
    (("intake",), "chat", "intake", '"chat"', "'form' or 'talk'"),
    (("intake",), "talk", "intake", '"talk"', "add channel"),
    (("channel",), "Write to us", "channel", '"Write to us"', "leave it out"),
    (("form",), ABSENT, "form", "[]", "add [[form]]"),
    (("types",), ABSENT, "form[meter].only[]", '"problem"', "add [[types]]"),
    (("types", 0, "key"), "Problem!", "types[Problem!].key", '"Problem!"', "small Latin letters"),
    (("types", 1, "key"), "problem", "types[].key", '"problem"', "change the other"),
    (("types", 0, "label"), ABSENT, "types[problem].label", "", "add it"),
    (("types", 0, "label"), "Two\nlines", "types[problem].label.ru", '"Two lines"', "write one"),
    (("types", 0, "label"), {"ru": "п" * 65}, "types[problem].label.ru", '"ппп', "64 characters"),
    (("types",), TALKATIVE, "types: is too much for one message", "", "3900"),
    (("types", 0, "ends"), "Elsewhere", "types[problem].ends", '"Elsewhere"', "'end'"),
    (("types", 2, "needs"), "ower", "types[removal].needs", '"ower"', '"owner", "premium"'),
    (("types", 2, "needs"), "premium", "types[removal].needs", '"premium"', "add how to marks[premium]"),
    (("types", 3, "needs"), "owner", "types[sales].needs", '"owner"', "leave needs or end out"),
    (("types", 3, "priority"), "high", "types[sales].priority", '"high"', "leave priority or end out"),
    (("types", 0), "problem", "types[1]", '"problem"', "write a table"),
    (("types",), [{"key": "a", "label": "A", "end": "No"}], "types", '["a"]', "leave end out of one"),
    (("marks", 0, "how"), ABSENT, "types[removal].needs", '"owner"', "add how"),
    (("marks", 1, "key"), "owner", "marks[].key", '"owner"', "change the other"),
    (("marks", 1, "priority"), "gold", "marks[premium].priority", '"gold"', "add [[priorities]]"),
    (("canned", 0, "text"), ABSENT, "canned[more].text", "", "add it"),
    (("canned", 0, "key"), "Ask!", "canned[Ask!].key", '"Ask!"', "small Latin letters"),
    (("canned", 0, "label"), "a" * 65, "canned[more].label.ru", '"aaa', "64 characters"),
    (("canned", 0, "text"), "No {nummber}", "canned[more].text.ru", '"{nummber}"', "write {number}"),
    (("canned", 0, "text"), {"lv": "{x}"}, "canned[more].text.lv", '"{x}"', "{number}, {name}, {serial},"),
    (("canned", 0, "text"), {"lv": "{}"}, "canned[more].text.lv", '"{}"', "one of {number}"),
    (("canned", 0, "text"), "a } b", "canned[more].text.ru", '"}"', "{{ or }}"),
    (("canned", 0, "text"), "It is {agent}", "canned[more].text.ru", '"{agent}"', "agent_names = true"),
    (("canned", 0, "text"), "a{name}" * 14, "canned[more].text.ru: is too much", "", "counted as 256"),
    (("canned", 0, "answer"), "Yes", "canned[more].answer", '"Yes"', "remove it"),
    (
        ("departments",),
        [{"key": "a", "label": "A", "types": ["sales"]}],
        "departments[a].types[]",
        '"sales"',
        "leave it out",
    ),
    (
        ("departments",),
        [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}],
        "departments[].key",
        '"a"',
        "the other",
    ),
    (
        ("departments",),
        [{"key": "a", "label": "A" * 65}],
        "departments[a].label.ru",
        '"AAA',
        "64 characters",
    ),
    (("departments",), TWO_WITH_PROBLEMS, "departments[there].types[]", '"problem"', "leave it out of one"),
    (("notices", 0, "only"), ["sales"], "notices[access].only[]", '"sales"', "leave it out"),
    (("notices", 0, "only"), [], "notices[access].only", "[]", "list at least 1"),
    (("notices", 0, "at"), "start", "notices[access].only", '["problem"]', 'at = "form"'),
    (("notices", 0, "text"), "a" * 2000, "notices: is too much for one message", "", "1800"),
    (
        ("gates", 0, "only"),
        ["problems"],
        "gates[ours].only[]",
        '"problems"',
        '"problem", "question", "removal"',
    ),
    (("welcome",), "😀" * 1960, "welcome: is too much for one message", "", "3900"),
    (("advice",), "a" * 3920, "advice", '"aaa', "3500"),
    (
        ("faq", 0),
        {"key": "a", "question": "q" * 1000, "answer": "a" * 3000},
        "faq[a]: is too much",
        "",
        "3900",
    ),
    (("form", 0, "question"), "a" * 3000, "form[company]: is too much for one message", "", "2800"),
    (("form", 0, "remember"), False, "form[company].once", "true", "remember = true"),
    (("form", 0, "once"), "yes", "form[company].once", '"yes"', "true or false"),
    (("form", 0, "max_length"), 300, "form[company].max_length", "300", "write 256 or less"),
    (("form", 0, "required"), "problem", "form[company].required", '"problem"', "true, false or"),
    (("form", 0, "required"), ["problems"], "form[company].required[]", '"problems"', '"problem"'),
    (("form", 1, "pattern"), "WV(", "form[meter].pattern", '"WV("', "single quotes"),
    (("form", 1, "pattern"), ABSENT, "form[meter].digits", "", "add digits = 12"),
    (("form", 1, "digits"), 6, "form[meter].pattern", "6}", "keep one"),
    (("form", 1, "example"), ABSENT, "form[meter].pattern", "6}", "add one that fits it"),
    (("form", 1, "example"), "WV12", "form[meter].example", '"WV12"', "exactly as the pattern"),
    (("form", 1, "case"), "small", "form[meter].case", '"small"', "'upper', 'lower' or 'keep'"),
    (("form", 1, "picture"), "gone.jpg", "form[meter].picture", '"gone.jpg"', "JPEG or PNG file"),
    (("form", 1, "picture"), "pyproject.toml", "form[meter].picture", '"pyproject.toml"', "JPEG or PNG"),
    (("form", 2, "options"), ABSENT, "form[product].options", "", "add it"),
    (("form", 2, "options", 1, "key"), "till", "form[product].options[].key", '"till"', "change the other"),
    (("form", 2, "options", 1), ABSENT, "form[product].options", "[{", "list at least 2"),
    (("form", 2, "options", 0, "label"), "a" * 65, "form[product].options[till].label.ru", '"aaa', "64"),
    (("form", 3, "kind"), "telephone", "form[phone].kind", '"telephone"', "'phone'"),
    (("form", 3, "region"), "LV", "form[phone].region", '"LV"', "remove it"),
    (("form", 4, "pattern"), "[", "form[contract].pattern", '"["', "single quotes"),
    (("form", 5, "only"), ["problem"], "form", 'kind = "company"', 'role = "description"'),
    (("form", 5, "remember"), True, "form[story].remember", "true", "leave it out"),
    (("form", 5, "role"), "subject", "form[story].max_length", "4096", "write 250 or less"),
    (("form", 6, "min_count"), 31, "form[files].min_count", "31", "lower it"),
    (("form", 6, "formats"), ["image/png"], "form[files].formats[1]", '"image/png"', '"jpg"'),
    (("form", 6), FORMATLESS, "form[files].others", '"refuse"', "add formats"),
    (("form", 6, "archived"), ["png"], "form[files].archived[]", '"png"', "one of the two"),
    (("form", 6, "archives"), ["bmp"], "form[files].archived[]", '"bmp"', "one of the two"),
    (("form", 6, "others"), "warn", "form[files].others", '"warn"', "'hint' or 'refuse'"),
    (("form", 6, "max_size_mb"), 0, "form[files].max_size_mb", "0", "write 1 or more"),
]


def _with_mistake(data: Any, place: tuple[str | int, ...], value: Any) -> str:
    """The line that somebody reads who made this mistake."""
    part = data
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
    return line


@pytest.mark.parametrize(("place", "value", "key", "shown", "mend"), MISTAKES)
def test_mistake_is_told_in_one_line(
    place: tuple[str | int, ...], value: Any, key: str, shown: str, mend: str
) -> None:
    line = _with_mistake(small_data(), place, value)
    assert line.startswith(f"mine.toml: {key}" + (" = " if shown else ": "))
    assert shown in line
    assert mend in line.split("; ", 1)[1]


@pytest.mark.parametrize(("place", "value", "key", "shown", "mend"), LARGE_MISTAKES)
def test_mistake_in_a_large_profile_is_told_in_one_line(
    place: tuple[str | int, ...], value: Any, key: str, shown: str, mend: str
) -> None:
    line = _with_mistake(large_data(), place, value)
    assert line.startswith(f"mine.toml: {key}")
    assert shown in line
    assert mend in line.split("; ", 1)[1]


def _places(part: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, entry in entries:
        yield (*place, step)
        yield from _places(entry, (*place, step))


@pytest.mark.parametrize("slip", [True, math.nan, "a\x1b[2J\nb" * 600, []], ids=type)
def test_nothing_that_may_stand_in_a_file_is_told_in_less_than_a_line_with_a_mend(slip: object) -> None:
    for make in (small_data, large_data):
        for place in _places(make()):
            data: Any = make()
            *steps, last = place
            functools.reduce(operator.getitem, steps, data)[last] = slip
            try:
                parse_profile(data, "mine.toml")
            except ProfileError as error:
                line = str(error)
                assert line.isprintable(), place
                assert len(line) < 300, place
                assert re.match(r"mine\.toml: [a-z_]+[^;]*: [^;]+; ", line), line
                assert "docs/profiles.md" not in line, "no mend of its own"


def test_the_profiles_that_are_bent_are_right() -> None:
    assert parse_profile(small_data(), "small.toml").key == "small"
    assert parse_profile(large_data(), "large.toml").key == "large"


def test_a_canned_answer_tells_a_serial_number_that_somebody_asks() -> None:
    data = small_data()
    data["canned"] = [{"key": "more", "label": "More", "text": "About {serial}"}]
    parse_profile(data, "mine.toml")
    del data["form"][0]
    with pytest.raises(ProfileError, match=r'canned\[more\]\.text\.ru = "\{serial\}": is asked by no field'):
        parse_profile(data, "mine.toml")
    data["canned"].append(data["canned"][0])
    with pytest.raises(ProfileError, match=r'canned\[\]\.key = "more": is there twice'):
        parse_profile(data, "mine.toml")


def test_a_picture_lies_beside_the_profile(tmp_path: Path) -> None:
    data = large_data()
    data["form"][1]["picture"] = "pictures/where.png"
    (tmp_path / "pictures").mkdir()
    picture = tmp_path / "pictures" / "where.png"
    picture.write_bytes(PNG)
    assert parse_profile(data, "mine.toml", tmp_path).picture("pictures/where.png") == PNG
    picture.write_bytes(PNG + bytes(10 * 1024 * 1024))
    with pytest.raises(ProfileError, match=r'picture = "pictures/where\.png": is larger than 10 MB; name'):
        parse_profile(data, "mine.toml", tmp_path)


def test_each_type_makes_a_ticket_by_itself() -> None:
    data = large_data()
    data["form"][5]["only"] = ["problem", "question"]
    with pytest.raises(ProfileError, match=r'has no description for tickets of the type "removal"; give one'):
        parse_profile(data, "mine.toml")
    data["form"].insert(0, data["form"][5] | {"key": "other", "only": ["removal"]})
    parse_profile(data, "mine.toml")
    data["form"].insert(0, data["form"][6] | {"key": "third", "only": ["question"]})
    with pytest.raises(
        ProfileError, match=r'role = "description": is given to two fields for tickets .*"question"'
    ):
        parse_profile(data, "mine.toml")
    data["form"].pop(0)
    data["form"].insert(0, data["form"][-1] | {"key": "early", "only": ["removal"], "required": False})
    with pytest.raises(
        ProfileError, match=r'form\[early\] = "attachments": is not the last step for .*"removal"'
    ):
        parse_profile(data, "mine.toml")
    data["form"][-1]["only"] = ["problem", "question"]
    data["form"].append(data["form"].pop(0))
    parse_profile(data, "mine.toml")


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
