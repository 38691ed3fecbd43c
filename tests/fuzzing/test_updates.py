"""Whatever update comes, the desk lives: it is processed or set aside, and the next customer is heard.

`TALON_EXAMPLES=500 pytest -n 0 tests/fuzzing` plays more of them, other ones each time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzzing.desk import FuzzedDesk
from tests.fuzzing.updates import TYPED, Shapes, button_data, presses, updates
from tests.watched_loop import WatchedLoop
from tests.world import World

_EXAMPLES = int(os.environ.get("TALON_EXAMPLES", "0"))
PLAYED = settings(
    max_examples=_EXAMPLES or 12,
    derandomize=not _EXAMPLES,
    database=None,
    deadline=None,
    # Examples share a desk, which is not the same any more when one is played again.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _without_tracebacks() -> Iterator[None]:
    """What is set aside is told there; a hundred tracebacks more are of no use."""
    logger = logging.getLogger("bot.pipeline.process")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


def test_any_update_leaves_the_pipeline_alive(sqlite_template: Path, fast_folder: Path) -> None:
    path = fast_folder / "fuzzed.db"
    shutil.copy(sqlite_template, path)
    with asyncio.Runner(loop_factory=WatchedLoop) as runner:
        desk = FuzzedDesk(World(f"sqlite+aiosqlite:///{path}"))
        runner.run(desk.world.start())
        try:
            runner.run(desk.prepare())
            shapes = Shapes(desk.people())

            events = st.lists(updates(shapes), min_size=1, max_size=8)

            @PLAYED
            @given(events)
            def play(contents: list[dict[str, Any]]) -> None:
                runner.run(desk.take(contents))

            play()
        finally:
            runner.run(desk.world.close())


def test_whatever_people_type_and_press_no_handler_fails(sqlite_template: Path, fast_folder: Path) -> None:
    path = fast_folder / "pressed.db"
    shutil.copy(sqlite_template, path)
    with asyncio.Runner(loop_factory=WatchedLoop) as runner:
        desk = FuzzedDesk(World(f"sqlite+aiosqlite:///{path}"))
        runner.run(desk.world.start())
        try:
            runner.run(desk.prepare())
            odd_presses = presses(button_data(), Shapes(desk.people()))
            acts = st.one_of(
                st.tuples(st.just("type"), TYPED),
                st.tuples(st.just("reply"), TYPED),
                st.tuples(st.just("press"), st.integers(0, 30)),
                st.tuples(st.just("inject"), odd_presses),
            )
            events = st.lists(st.tuples(st.booleans(), acts), min_size=4, max_size=12)

            @PLAYED
            @given(events)
            def play(events: list[tuple[bool, tuple[str, Any]]]) -> None:
                for by_agent, (what, content) in events:
                    runner.run(desk.act(by_agent, what, content))
                runner.run(desk.take([]))

            play()
            assert not desk.set_aside
        finally:
            runner.run(desk.world.close())
