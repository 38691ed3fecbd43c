"""What a profile can say about priorities and targets, for each of the seven desks; and its mistakes."""

from datetime import timedelta
from typing import Any

import pytest

from desk.coverage import texts_of
from desk.faults import ProfileError
from desk.loading import parse_profile
from desk.profile import Profile
from desk.targets import ClockName, Target
from tests.desk.profiles import small, small_data

TRIAGE, REACTION, SOLUTION = ClockName.TRIAGE, ClockName.REACTION, ClockName.SOLUTION


def priority(key: str, **targets: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), **targets}


SAVEIT = {
    "reaction": None,
    "triage": {"hours": 3},
    "priorities": [
        priority("first", solution={"hours": 4}),
        priority("second", solution={"hours": 8}),
        priority("third", solution={"days": 5}),
        priority("fourth", solution={"days": 10}),
    ],
}
WAVIOT = {
    "reaction": None,
    "priorities": [
        priority("critical", reaction={"hours": 3}),
        priority("high", reaction={"hours": 5}),
        priority("medium", reaction={"hours": 15}),
        priority("low", agreed=True),
    ],
    "default_priority": "medium",
}
INSALES = {
    "hours": None,
    "reaction": {"hours": 24, "clock": "calendar"},
    "priorities": [
        priority("premium", reaction={"hours": 3, "clock": "calendar"}),
        priority("layout", reaction={"hours": 36, "clock": "calendar"}),
        priority("functionality"),
    ],
    "promised": ["reaction"],
}


def amount(profile: Profile, clock: ClockName, key: str | None) -> timedelta | None:
    target = profile.target(clock, key)
    return None if target is None else target.amount


def test_saveit_triages_everything_and_solves_by_priority() -> None:
    profile = small(**SAVEIT)
    assert amount(profile, TRIAGE, None) == amount(profile, TRIAGE, "fourth") == timedelta(hours=3)
    assert amount(profile, SOLUTION, "second") == timedelta(hours=8)
    assert amount(profile, SOLUTION, "fourth") == timedelta(days=10)
    assert amount(profile, SOLUTION, None) is None


def test_waviot_agrees_the_deadline_of_the_low_priority() -> None:
    profile = small(**WAVIOT)
    assert profile.default_priority == "medium"
    assert amount(profile, REACTION, "medium") == timedelta(hours=15)
    assert amount(profile, REACTION, "low") is None


def test_insales_lets_a_priority_inherit_the_desks_target_and_promises_no_solution() -> None:
    profile = small(**INSALES)
    assert amount(profile, REACTION, "premium") == timedelta(hours=3)
    assert amount(profile, REACTION, "functionality") == timedelta(hours=24)
    assert profile.promised == (REACTION,)


def test_agreed_priority_ignores_the_desks_targets_but_triage() -> None:
    profile = small(
        triage={"hours": 1}, solution={"days": 2}, priorities=[priority("low", agreed=True), priority("high")]
    )
    assert [amount(profile, name, "low") for name in (TRIAGE, REACTION, SOLUTION)] == [
        timedelta(hours=1),
        None,
        None,
    ]
    assert amount(profile, SOLUTION, "high") == timedelta(days=2)


def test_desk_may_have_no_targets_at_all() -> None:
    profile = small(reaction=None)
    assert all(profile.target(name, None) is None for name in ClockName)


def test_priority_that_the_profile_has_no_more_leaves_the_desks_targets() -> None:
    profile = small(**WAVIOT, solution={"days": 1})
    assert profile.priority("forgotten") is None
    assert amount(profile, SOLUTION, "forgotten") == timedelta(days=1)


def test_labels_are_texts_of_the_profile() -> None:
    assert "priorities[low].label" in dict(texts_of(small(**WAVIOT)))


@pytest.mark.parametrize(
    ("target", "reminder"),
    [
        ({"hours": 4}, timedelta(hours=1)),
        ({"days": 2}, timedelta(hours=12)),
        ({"hours": 4, "remind_before": 0.5}, timedelta(minutes=30)),
        ({"days": 2, "remind_before": 1}, timedelta(days=1)),
        ({"hours": 4, "remind_before": 0}, None),
    ],
)
def test_reminder_comes_a_quarter_before_unless_the_profile_says_when(
    target: dict[str, Any], reminder: timedelta | None
) -> None:
    assert Target.model_validate(target).reminder == reminder


# The part that is wrong, and the key, the value and the mend that have to be named.
MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"reaction": {}}, "reaction = {}", "{ hours = 4 } or { days = 5 }"),
    ({"reaction": {"hours": 4, "days": 1}}, "reaction = {hours = 4, days = 1}", "write one of them"),
    ({"solution": {"days": 0}}, "solution.days = 0", "more than 0"),
    ({"solution": {"days": 500}}, "solution.days = 500", "write 366 or less"),
    ({"solution": {"dayz": 5}}, "solution.dayz = 5", "write 'days'"),
    ({"reaction": {"hours": 4, "remind_before": 4}}, "reaction.remind_before = 4", "write less than 4"),
    ({"reaction": {"hours": 4, "remind_before": -1}}, "reaction.remind_before = -1", "write 0 or more"),
    ({"priorities": [priority("Urgent")]}, 'priorities[Urgent].key = "Urgent"', "small Latin letters"),
    ({"priorities": [priority("a"), priority("a")]}, 'priorities[].key = "a"', "change the other"),
    ({"priorities": [{"key": "a"}]}, "priorities[a].label", "add it"),
    ({"priorities": [priority(f"p{n}") for n in range(9)]}, "priorities = ", "list at most 8"),
    (
        {"priorities": [priority("a", solution={"days": 1, "clock": "week"})]},
        'priorities[a].solution.clock = "week"',
        "'business' or 'calendar'",
    ),
    (
        {"priorities": [priority("a", agreed=True, solution={"days": 1})]},
        "priorities[a].solution",
        "remove agreed or solution",
    ),
    ({"default_priority": "high"}, 'default_priority = "high"', "add [[priorities]]"),
    (WAVIOT | {"default_priority": "hihg"}, 'default_priority = "hihg"', "critical, high, medium, low"),
    ({"promised": ["reaction", "resolution"]}, 'promised[2] = "resolution"', "'triage', 'reaction'"),
    ({"promised": ["reaction", "reaction"]}, 'promised[] = "reaction"', "keep one"),
    (SAVEIT | {"hours": None}, 'triage.clock = "business"', 'clock = "calendar"'),
    (
        SAVEIT | {"hours": None, "triage": None},
        'priorities[first].solution.clock = "business"',
        "add [hours]",
    ),
    (
        {"hours": None, "reaction": {"hours": 4, "clock": "calendar", "starts": "opening"}},
        'reaction.starts = "opening"',
        "add [hours]",
    ),
]


@pytest.mark.parametrize(("wrong", "place", "mend"), MISTAKES)
def test_mistake_is_told_in_one_line(wrong: dict[str, Any], place: str, mend: str) -> None:
    with pytest.raises(ProfileError) as caught:
        parse_profile(small_data() | wrong, "mine.toml")
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"mine.toml: {place}")
    assert mend in line.split("; ", 1)[1]
