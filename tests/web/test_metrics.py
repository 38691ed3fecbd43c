"""`/metrics`: what those who watch over the desk are told, and that it is about nobody."""

import re
import sqlite3
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from playground import Fault, Refuse, TooMany
from tests.agents.seeds import press, restart, seed
from tests.web.knocking import SECRET, knock
from tests.world import World


async def page(world: World) -> str:
    """What `/metrics` answers."""
    assert world.app is not None
    # Asked again within five seconds it says the same.
    await world.pass_time(5)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{world.app.web.port}/metrics") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        return await answer.text()


async def told(world: World) -> dict[str, float]:
    """Every sample by its name, as `name{label=value}`."""
    samples = {}
    for family in text_string_to_metric_families(await page(world)):
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


async def test_what_is_counted(world: World) -> None:
    anna, boris = await seed(world), await seed(world, "Борис", serial="210987654321")
    before = await told(world)
    await anna.customer.say("раз")
    world.agent.write(anna.topic, "Здравствуйте")
    await world.settle()
    boris.customer.person.block(world.bot)
    await world.settle()
    world.agent.write(boris.topic, "Вы здесь?")
    await world.settle()
    world.pg.faults.add(
        Fault("sendMessage", TooMany(30), anna.customer.person.id),
        Fault("sendMessage", Refuse(400, "Bad Request: no"), anna.customer.person.id),
    )
    world.agent.write(anna.topic, "Минуту")
    await world.settle(40)
    after = await told(world)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more("talon_update_seconds_count{kind=message}") == 4
    assert more("talon_update_seconds_count{kind=my_chat_member}") == 1
    assert 0 < more("talon_update_seconds_sum{kind=message}") < 5
    assert more("talon_deliveries_total{chat=private,outcome=sent}") == 1
    assert more("talon_deliveries_total{chat=private,outcome=unreachable}") == 1
    assert more("talon_deliveries_total{chat=private,outcome=told_to_wait}") == 1
    assert more("talon_deliveries_total{chat=private,outcome=refused}") == 1
    assert more("talon_deliveries_total{chat=staff,outcome=sent}") >= 3
    assert more("talon_flood_wait_seconds_total{chat=private}") == 30
    assert more("talon_flood_wait_seconds_total{chat=staff}") == 0
    # What Борис is owed, and what was refused.
    assert after["talon_outbox_waiting{kind=message,queue=owed}"] == 1
    assert after["talon_outbox_oldest_seconds{kind=message,queue=owed}"] >= 40
    assert after["talon_outbox_failed"] == 1
    assert "process_resident_memory_bytes" in after


async def test_what_waits(any_world: World) -> None:
    world = any_world
    anna, boris = await seed(world), await seed(world, "Борис", serial="210987654321")
    await press(world, anna.card, "Взять")
    await press(world, boris.card, "Решить")
    empty = await told(world)
    assert empty["talon_open_tickets{state=in_progress}"] == 1
    assert "talon_open_tickets{state=resolved}" not in empty
    assert (empty["talon_inbox_waiting"], empty["talon_inbox_oldest_seconds"]) == (0, 0)
    assert (empty["talon_timers_due"], empty["talon_staff_trouble"]) == (0, 0)
    assert not [name for name in empty if name.startswith("talon_outbox_waiting")]
    assert "talon_telegram_waiting" not in empty
    world.group.kick(world.bot)
    await world.settle()
    await anna.customer.say("раз")
    await world.settle(60)
    full = await told(world)
    assert full["talon_staff_trouble"] == 1
    assert full["talon_outbox_waiting{kind=message,queue=owed}"] == 1
    assert full["talon_outbox_oldest_seconds{kind=message,queue=owed}"] > 60
    assert full["talon_deliveries_total{chat=staff,outcome=rights_lost}"] >= 1


async def test_a_store_that_cannot_be_asked(world: World) -> None:
    await seed(world)
    assert world.app is not None
    outside = sqlite3.connect(world.app.store.url.database or "")
    outside.execute("ALTER TABLE timer RENAME TO elsewhere")
    lost = await told(world)
    assert lost["talon_store_reachable"] == 0
    assert "talon_inbox_waiting" not in lost
    assert lost["talon_deliveries_total{chat=staff,outcome=sent}"] >= 1
    outside.execute("ALTER TABLE elsewhere RENAME TO timer")
    outside.close()
    found = await told(world)
    assert (found["talon_store_reachable"], found["talon_inbox_waiting"]) == (1, 0)


async def test_the_webhooks_measures(hooked: World) -> None:
    anna = await seed(hooked)
    await anna.customer.say("раз")
    await knock(hooked, {}, secret="wrong")
    await knock(hooked, b"{", secret=SECRET)
    await knock(hooked, b" " * 5_000_000)
    counted = await told(hooked)
    assert counted["talon_webhook_requests_total{status=200}"] >= 1
    for status in (403, 400, 413):
        assert counted[f"talon_webhook_requests_total{{status={status}}}"] == 1
    assert counted["talon_telegram_waiting"] == 0


async def test_it_is_about_nobody_and_begins_anew_with_each_start(hooked: World) -> None:
    anna = await seed(hooked, "Аннелизе", serial="918273645546")
    await anna.customer.say("секретное слово")
    hooked.agent.write(anna.topic, "и ответ")
    await hooked.settle()
    text = await page(hooked)
    person, token = anna.customer.person.id, hooked.bot.token
    for secret in (
        person,
        hooked.agent.id,
        hooked.group.id,
        "Аннелизе",
        "918273645546",
        "слово",
        SECRET,
        token,
    ):
        assert str(secret) not in text
    await restart(hooked)
    assert (await told(hooked))["talon_update_seconds_count{kind=message}"] == 0


async def test_the_page_of_measures_tells_them_all(hooked: World) -> None:
    documented = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    anna = await seed(hooked)
    hooked.pg.faults.add(Fault("sendMessage", TooMany(20), anna.customer.person.id))
    hooked.agent.write(anna.topic, "Минуту")
    await hooked.settle()
    shown = {name.partition("{")[0] for name in await told(hooked) if name.startswith("talon_")}
    shown = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in shown}
    named = set(re.findall(r"^\| `(talon_\w+)`", documented, re.MULTILINE))
    assert {name.removesuffix("_total") for name in named} == {name.removesuffix("_total") for name in shown}
