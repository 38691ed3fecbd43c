"""docs/profiles.md against the schema: it tells every key, its examples are right, and so are its numbers."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from desk.canned import Canned
from desk.departments import Department
from desk.faq import FaqEntry
from desk.fields import KINDS, Option
from desk.gates import Gate
from desk.hours import Hours
from desk.loading import load_profile, parse_profile, shipped_profiles
from desk.notices import Notice
from desk.privacy import Privacy
from desk.profile import Profile
from desk.reasons import Reason
from desk.schema import Model
from desk.targets import ClockName, Priority, Target
from desk.texts import Text
from desk.types import Mark, Type

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")

# Examples are marked by their fence: ```toml is a part of a profile, ```toml whole a whole one.
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WHOLE = re.findall(r"^```toml whole\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

DESCRIPTION = {
    "kind": "text",
    "key": "story",
    "label": "Description",
    "question": "What has happened?",
    "role": "description",
}
# What the examples refer to and leave out.
BASE: dict[str, Any] = {
    "key": "base",
    "name": "Base",
    "zone": "Europe/Moscow",
    "welcome": "Hello",
    "hours": {"mon": "9:00-18:00"},
    "types": [{"key": "problem", "label": "Problem"}, {"key": "question", "label": "Question"}],
    "marks": [{"key": "owner", "label": "Owner", "how": "Write to us"}],
    "priorities": [{"key": "high", "label": "High"}, {"key": "normal", "label": "Normal"}],
    "form": [DESCRIPTION],
}

# Where the keys of each table are explained, each by a row of its own; the profile's are all over the page.
SECTIONS: dict[type[Model], tuple[str, ...]] = {
    Profile: ("## General keys", "## A desk that only talks"),
    Text: ("## Texts and languages",),
    Notice: ("### Notices",),
    Gate: ("### Gates",),
    FaqEntry: ("## Frequent questions",),
    Type: ("## Types of ticket",),
    Mark: ("## Marks",),
    Canned: ("## Canned answers",),
    Department: ("## Departments",),
    Option: ("#### choice",),
    Hours: ("## Hours and calendar",),
    Target: ("## Targets, priorities and promises",),
    Priority: ("### Priorities",),
    Reason: ("### Reasons",),
    Privacy: ("## Personal data",),
}

# Keys of the profile without a row, and the section that explains each.
IN_WORDS: dict[str, str] = {
    "welcome": "## Welcome, notices, gates and advice",
    "advice": "## Welcome, notices, gates and advice",
    "notices": "### Notices",
    "gates": "### Gates",
    "faq": "## Frequent questions",
    "types": "## Types of ticket",
    "type_question": "## Types of ticket",
    "marks": "## Marks",
    "canned": "## Canned answers",
    "departments": "## Departments",
    "form": "## The form",
    "hours": "## Hours and calendar",
    **dict.fromkeys(ClockName, "## Targets, priorities and promises"),
    "priorities": "### Priorities",
    "default_priority": "### Priorities",
    "promised": "### Priorities",
    "reasons": "### Reasons",
    "privacy": "## Personal data",
}


def kind_of(model: type[Model]) -> str:
    """What a field's `kind` says."""
    kind: str = model.model_json_schema()["properties"]["kind"]["const"]
    return kind


SECTIONS |= {model: ("## The form", f"#### {kind_of(model)}") for model in KINDS}


def section(heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    _, found, rest = PAGE.partition(f"\n{heading}\n")
    assert found, f"no {heading}"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def with_base(example: str) -> dict[str, Any]:
    """An example as a profile: what it says, on the base; its form has a description."""
    data = BASE | tomllib.loads(example)
    if all(field.get("role") != "description" for field in data["form"]):
        data["form"] = [DESCRIPTION, *data["form"]]
    return data


def tables(model: type[Model] = Model) -> set[type[Model]]:
    """Every kind of table that a profile can have: those that others are made from are none."""
    below = model.__subclasses__()
    return set().union(*map(tables, below)) if below else {model}


def rows(*headings: str) -> set[str]:
    """The keys that have a row in the tables of these sections."""
    return {
        key for heading in headings for key in re.findall(r"^\| `(\w+)` \|", section(heading), re.MULTILINE)
    }


def test_no_table_of_a_profile_is_left_out() -> None:
    assert tables() == set(SECTIONS)


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[Model]) -> None:
    explained = rows(*SECTIONS[model]) | (IN_WORDS.keys() if model is Profile else set())
    assert [key for key in model.model_fields if key not in explained] == []


@pytest.mark.parametrize(("key", "heading"), IN_WORDS.items())
def test_what_has_no_row_is_explained_in_words(key: str, heading: str) -> None:
    assert re.search(rf"`(\[+)?{key}(\]+)?`", section(heading))
    assert key not in rows(*SECTIONS[Profile])


def test_every_key_has_an_example(tmp_path: Path) -> None:
    (tmp_path / "where.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    shown: dict[type[Model], set[str]] = {model: set() for model in SECTIONS}
    for example in EXAMPLES:
        profile = parse_profile(with_base(example), "docs/profiles.md", tmp_path)
        for key in tomllib.loads(example):
            shown[Profile].add(key)
            gather_keys(getattr(profile, key), shown)
    common = rows("## The form")
    shown_of_fields = {key for kind in KINDS for key in shown[kind]}
    assert common <= shown_of_fields
    missing = {
        f"{model.__name__}.{key}"
        for model in SECTIONS
        for key in model.model_fields.keys() - shown[model]
        if model not in KINDS or key not in common
    }
    assert missing == set()


def gather_keys(part: object, shown: dict[type[Model], set[str]]) -> None:
    """Add the keys that a part of a profile really says to those of its table."""
    if isinstance(part, Model):
        shown[type(part)] |= part.model_fields_set
        for key in part.model_fields_set:
            gather_keys(getattr(part, key), shown)
    elif isinstance(part, tuple):
        for entry in part:
            gather_keys(entry, shown)


def test_every_explained_key_exists() -> None:
    explained = {heading for headings in SECTIONS.values() for heading in headings}
    for heading in explained | {"## General keys", "## A desk that only talks"}:
        models = [model for model, headings in SECTIONS.items() if heading in headings] or [Profile]
        tables = re.findall(r"^\| key \| meaning .*\n(?:\|.*\n)*", section(heading), re.MULTILINE)
        keys = {key for table in tables for key in re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)}
        assert keys <= {key for model in models for key in model.model_fields}, heading


def test_every_kind_has_an_example() -> None:
    kinds = {field["kind"] for example in EXAMPLES for field in tomllib.loads(example).get("form", ())}
    assert kinds == {kind_of(model) for model in KINDS}


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_right(example: str, tmp_path: Path) -> None:
    (tmp_path / "where.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    parse_profile(with_base(example), "docs/profiles.md", tmp_path)


def test_whole_examples_are_right(tmp_path: Path) -> None:
    assert WHOLE
    for number, example in enumerate(WHOLE):
        file = tmp_path / f"{number}.toml"
        file.write_text(example, encoding="utf-8")
        assert load_profile(str(file)).form


def limits(model: type[Model]) -> list[str]:
    """The rows of the page's table of numbers for one table of a profile."""
    named = {Profile: "", Target: " of a target", Privacy: " of privacy"}
    of = named[model] if model in named else f" of {kind_of(model)}"
    rows = []
    for key, schema in model.model_json_schema()["properties"].items():
        number = schema.get("anyOf", [schema])[0]
        if number.get("type") not in ("integer", "number"):
            continue
        default = "none" if schema.get("default") is None else schema["default"]
        least = int(number["minimum"]) if "minimum" in number else f"more than {number['exclusiveMinimum']:g}"
        greatest = int(number["maximum"]) if "maximum" in number else "less than the target"
        rows.append(f"| `{key}`{of} | {default} | {least} | {greatest} |")
    return rows


def test_numbers_are_right() -> None:
    models: tuple[type[Model], ...] = (Profile, Privacy, Target, *KINDS)
    expected = [row for model in models for row in limits(model)]
    found = re.findall(r"^\| `\w+`.*\|$", section("## Limits and defaults"), re.MULTILINE)
    assert found == expected


def test_every_shipped_desk_is_listed() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|", section("## The desks that ship"), re.MULTILINE)
    assert rows == [(name, ", ".join(load_profile(name).languages)) for name in shipped_profiles()]


def test_contents_name_every_chapter() -> None:
    contents = re.findall(r"\]\(#([^)]+)\)", PAGE.partition("\n## ")[0])
    chapters = [anchor(title) for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)]
    assert [one for one in contents if one in chapters] == chapters


def anchor(title: str) -> str:
    """What a link to a heading says."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_links_lead_somewhere() -> None:
    anchors = {anchor(title) for title in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert [one for one in links if one.startswith("#") and one[1:] not in anchors] == []
    assert [one for one in links if one[0] != "#" and not (ROOT / "docs" / one).exists()] == []
    assert "](docs/profiles.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
