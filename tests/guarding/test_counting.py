"""The pace of customers, the order of what waits and the ways into chats, by themselves."""

import asyncio
from datetime import timedelta

from bot.pipeline.gate import Gate
from bot.pipeline.lanes import Lane
from bot.pipeline.pace import AT_ONCE, EVERY, Pace
from storage.outbox.ranks import RANK_TALK
from storage.rows import OutboxRow
from tests.virtual_time import START, VirtualClock


class Wall(VirtualClock):
    """A clock that somebody may set back."""

    def set_back(self, **by: float) -> None:
        """It is earlier now."""
        self._now -= timedelta(**by)


def _at(clock: VirtualClock, seconds: float) -> None:
    clock.move_to(clock.now() + timedelta(seconds=seconds))


def test_so_many_are_taken_at_once_then_one_a_second_until_there_was_a_pause() -> None:
    clock = VirtualClock()
    pace = Pace(clock)
    for _ in range(AT_ONCE):
        assert pace.wait("c:1") == 0
        pace.took("c:1")
    for _ in range(5):
        pace.took("c:1")
        assert pace.wait("c:1") == EVERY
        assert pace.wait("c:2") == 0
        _at(clock, EVERY)
        assert pace.wait("c:1") == 0
    assert pace.is_new("c:1")
    assert not pace.is_new("c:1")
    _at(clock, AT_ONCE * EVERY)
    pace.took("c:1")
    assert pace.wait("c:1") == 0
    assert pace.is_new("c:1")


def test_agents_and_groups_are_not_counted() -> None:
    pace = Pace(VirtualClock())
    for _ in range(3 * AT_ONCE):
        pace.took("g:-100:5")
    assert pace.wait("g:-100:5") == 0


def test_a_clock_that_is_set_back_slows_nobody_down() -> None:
    clock = Wall()
    pace = Pace(clock)
    pace.took("c:1")
    for _ in range(AT_ONCE + 1):
        pace.took("c:2")
    assert pace.wait("c:2") == EVERY
    clock.set_back(hours=2)
    for lane in ("c:1", "c:2"):
        for _ in range(AT_ONCE):
            assert pace.wait(lane) == 0
            pace.took(lane)
    pace.took("c:1")
    assert pace.wait("c:1") == EVERY


def test_of_many_customers_those_who_paused_are_forgotten() -> None:
    clock = VirtualClock()
    pace = Pace(clock)
    for customer in range(20_000):
        pace.took(f"c:{customer}")
        _at(clock, 0.5)
    assert len(pace._paid) < 1001


def _row(row_id: int, created: VirtualClock, due: float) -> OutboxRow:
    now = created.now()
    return OutboxRow(
        id=row_id,
        destination="t:1001",
        kind="message",
        owed=True,
        rank=RANK_TALK,
        message_id=row_id,
        ticket_number=1001,
        payload=None,
        created_at=now,
        due_at=now + timedelta(seconds=due),
    )


async def test_what_was_due_soon_by_a_clock_that_was_set_back_is_due() -> None:
    clock = Wall()
    lane = Lane("t:1001")
    lane.put(_row(1, clock, 1))
    lane.put(_row(2, clock, 0))
    assert lane.next(clock.now()) == (None, START + timedelta(seconds=1))
    clock.set_back(hours=1)
    row, _ = lane.next(clock.now())
    assert row is not None
    assert row.id == 1


async def test_a_gate_is_forgotten_only_when_nobody_uses_it_and_nothing_hangs_on_it() -> None:
    clock = VirtualClock()
    gate = Gate(clock, 4)
    assert gate.is_forgettable(clock.now())
    async with gate.pass_through(0):
        assert not gate.is_forgettable(clock.now())
    gate.close_for(5)
    waiting = asyncio.create_task(gate.pass_through(0).__aenter__())
    await asyncio.sleep(0)
    assert not gate.is_forgettable(clock.now())
    clock.move_to(clock.now() + timedelta(seconds=5))
    await waiting
    gate.passed()
    gate._leave()
    # What waited behind the closed gate may still ask when it was opened.
    assert not gate.is_forgettable(clock.now() - timedelta(seconds=1))
    assert gate.is_forgettable(clock.now() + timedelta(seconds=1))
