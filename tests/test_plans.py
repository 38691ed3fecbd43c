"""What a desk asks of its store is found by indexes, so that it costs the same however much is stored."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from playground import Photo
from storage import backlog
from storage.prepared import Prepared
from tests.agents.looking_up import ask, turn
from tests.agents.seeds import leap, press, seed
from tests.world import World

# What grows with the years; all else is as large as the work that waits, or as the team.
_LARGE = {"ticket", "message", "attachment", "delivery", "journal", "customer", "remembered"}
# The queue walks through its own index, in order and only as far as it is read.
_WALK = re.compile(r"SCAN (\w+)(?! USING (COVERING )?INDEX ix_ticket_(due_at|assignee_id_due_at))")


@contextmanager
def _listening() -> Iterator[dict[str, Any]]:
    """Every statement that runs meanwhile, with parameters that it ran with."""
    heard: dict[str, Any] = {}

    run = Prepared.run

    def hear_run(self: Prepared, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        rows = run(self, connection, parameters)
        plan = self._plans[tuple(parameters)]
        heard[plan.sql] = tuple(plan.bound(parameters))
        return rows

    def hear(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        heard[statement] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        with pytest.MonkeyPatch.context() as patch:
            # What is prepared runs by itself, and is no event of an engine.
            patch.setattr(Prepared, "run", hear_run)
            yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def _plans(world: World, heard: dict[str, Any]) -> dict[str, list[str]]:
    assert world.app is not None
    plans = {}
    async with world.app.store.transaction() as tx:
        assert isinstance(tx.connection, Connection)
        for statement, parameters in heard.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans[statement] = [row.detail for row in rows]
    return plans


async def _a_day_of_work(world: World) -> None:
    anna = world.customer("Анна")
    topic = await anna.open_ticket(attach=lambda chat: anna.person.send_album(chat, [Photo(), Photo()]))
    boris = await seed(world, "Борис")
    said = anna.write("Ошибка связи")
    anna.person.send_album(anna.chat, [Photo(), Photo()])
    await world.settle(3)
    anna.person.edit(said, "Ошибка связи 105")
    answer = world.agent.write(topic, "Проверяем", reply_to=topic.last)
    world.agent.send_album(topic, [Photo(), Photo()])
    world.agent.write(topic, "// заметка")
    await world.settle(3)
    world.agent.edit(answer, "Проверяем связь")
    world.agent.react(topic.last, "👍")
    world.agent.write(topic, "/del", reply_to=answer)
    await world.settle(20)
    await anna.say("/my")
    await anna.press("Терминал не принимает карты")
    await anna.press("Back")
    for label in ("Снять с себя", "Взять", "Решить", "Закрыть", "Открыть снова"):
        await press(world, topic.messages[1], label)
    page = await ask(world, "/find терминал карты")
    await turn(world, page, "▶") if page.buttons else None
    for command in ("/find 123456789012", "/queue", "/mine", "/ticket 1001"):
        await ask(world, command)
    # A draft that is given up takes what it gathered with it.
    await anna.begin()
    await anna.say("Другое")
    await anna.say("/cancel")
    await anna.press("Discard the draft")
    await world.settle(5)
    await press(world, boris.card, "Закрыть")
    await leap(world, 7200)


async def test_nothing_that_people_wait_for_walks_through_a_large_table(world: World) -> None:
    with _listening() as heard:
        await _a_day_of_work(world)
    plans = await _plans(world, heard)
    assert len(plans) > 60
    walks = {
        statement: plan
        for statement, plan in plans.items()
        if any((found := _WALK.match(step)) and found[1] in _LARGE for step in plan)
    }
    assert walks == {}
    # A part of the queue is read in its order, nothing is sorted first.
    queue = [plan for statement, plan in plans.items() if "ticket.due_at IS NOT NULL ORDER BY" in statement]
    assert queue
    assert not any("TEMP B-TREE" in step for plan in queue for step in plan)


async def test_what_waits_is_counted_without_a_look_at_what_is_done(world: World) -> None:
    assert world.app is not None
    with _listening() as heard:
        async with world.app.store.reading() as tx:
            await backlog.count(tx)
    plans = await _plans(world, heard)
    waiting = [plan for statement, plan in plans.items() if "min(inbox.received_at)" in statement]
    assert waiting
    assert all("ix_inbox_waiting" in step for plan in waiting for step in plan)
    aside = [plan for statement, plan in plans.items() if "state = 'aside'" in statement]
    assert aside
    assert all("ix_inbox_aside" in step for plan in aside for step in plan)
