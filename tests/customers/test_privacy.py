"""/privacy: what is stored is shown, given as a file, and erased so that nothing of it is found again."""

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

from sqlalchemy import select

from playground import Fault, Refuse, SeenMessage, Slow, TooMany
from playground.params import Params
from storage import models
from tests.agents.seeds import Seed, colleague, press, seed
from tests.agents.sides import open_side
from tests.customers.conftest import OpenDesk
from tests.customers.looking import labels, latest, leap, said, text, write_new
from tests.world import Customer, World, texts

SECRET = "Zebra"
# What is left of erased people, and what the store keeps of others.
EMPTY = ("message", "attachment", "delivery", "draft", "remembered", "conversation", "customer_mark")


async def everything_stored(world: World) -> str:
    """All rows of all tables, as text."""
    assert world.app is not None
    found = []
    async with world.app.store.transaction() as tx:
        for table in models.metadata.sorted_tables:
            found += [f"{table.name}: {row._mapping}" for row in await tx.all(select(table))]
    return "\n".join(found)


async def _erase(customer: Customer) -> None:
    await customer.say("/privacy")
    await customer.press("Erase my data")
    await customer.press("Yes, erase everything")
    await customer.world.settle(3)


async def _with_ticket(world: World) -> Customer:
    """Somebody whose every word is a secret, with a ticket, an answer, a note and a draft."""
    anna = world.customer(f"{SECRET}name", last_name=f"{SECRET}last", language_code="en")
    topic = await anna.open_ticket(
        "English",
        subject=f"{SECRET}subject",
        description=f"{SECRET}text",
        attach=lambda chat: anna.person.send_photo(chat, caption=f"{SECRET}caption"),
    )
    world.agent.write(topic, f"{SECRET}answer")
    world.agent.write(topic, f"// {SECRET}note")
    await world.settle()
    await write_new(anna)
    return anna


def _data(message: SeenMessage) -> tuple[dict[str, object], str]:
    assert message.file is not None
    with ZipFile(BytesIO(message.file.content())) as archive:
        return json.loads(archive.read("data.json")), archive.read("data.txt").decode()


async def test_what_is_stored_is_counted_and_given_as_a_file(world: World) -> None:
    anna = await _with_ticket(world)
    await anna.say("/privacy")
    assert "1 request, 3 messages, 1 file, 1 remembered answer." in text(anna)
    assert "You are filling in a request now" in text(anna)
    assert "You agreed to it on" in text(anna)
    assert labels(latest(anna)) == ["Get my data", "Erase my data"]
    # Telegram's wish to wait is no loss: the file is made anew.
    world.pg.faults.add(Fault("sendDocument", TooMany(5), anna.person.id))
    await anna.press("Get my data")
    await world.until(lambda: latest(anna).file)
    data, read = _data(latest(anna))
    assert data["person"]["first_name"] == f"{SECRET}name"  # type: ignore[index]
    assert [each["number"] for each in data["requests"]] == [1001]  # type: ignore[attr-defined]
    said_of = [each["text"] for each in data["messages"]]  # type: ignore[attr-defined]
    assert said_of[0] == f"{SECRET}text"
    assert said_of[-1] == f"{SECRET}answer"
    for words in (
        "Serial number: 123456789012",
        f"{SECRET}subject",
        f"{SECRET}caption",
        "#1001",
        "in progress",
    ):
        assert words in read
    assert f"{SECRET}note" not in read + json.dumps(data)


async def test_a_file_that_telegram_refuses_is_told_and_a_restart_loses_none(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("/privacy")
    world.pg.faults.add(Fault("sendDocument", TooMany(60), anna.person.id))
    await anna.press("Get my data")
    await world.stop()
    await world.start()
    await world.until(lambda: latest(anna).file)
    data, read = _data(latest(anna))
    assert "requests" not in data
    assert "Анна" in read


async def test_nothing_is_found_of_whoever_erased_it(any_world: World) -> None:
    world = any_world
    anna = await _with_ticket(world)
    topic = world.topic()
    assert SECRET in await everything_stored(world)
    await anna.say("/privacy")
    await anna.press("Erase my data")
    assert "This cannot be undone" in text(anna)
    await anna.press("No, keep it")
    await anna.press("Erase my data")
    await anna.press("Yes, erase everything")
    await world.settle(3)
    stored = await everything_stored(world)
    for secret in (SECRET, "123456789012", anna.person.username or SECRET):
        assert secret not in stored
    assert [table for table in EMPTY if f"\n{table}: " in stored] == []
    assert said(anna, "Everything personal that was stored about you is erased.") in text(anna)
    # The thread is deleted; the agents read which tickets it was about, and that one was open.
    assert topic not in world.group.topics
    assert any("#1001" in line and "удалены" in line for line in texts(world.group, of=world.bot))
    assert f"{SECRET}" not in "\n".join(texts(world.group))


async def test_whoever_comes_back_is_somebody_new(world: World) -> None:
    anna = await _with_ticket(world)
    shown = next(m for m in anna.bots() if any("My requests" in label for label in labels(m)))
    answer = next(m for m in anna.bots() if m.text == f"{SECRET}answer")
    own = next(m for m in anna.chat.messages if m.text == f"{SECRET}text")
    await _erase(anna)
    heard = len(anna.bots())
    # Edits and reactions of what is gone do nothing, and store nobody anew.
    anna.person.edit(own, f"{SECRET}again")
    anna.person.react(answer, "👍")
    await world.settle()
    assert len(anna.bots()) == heard
    assert SECRET not in await everything_stored(world)
    # Old buttons find nothing.
    click = anna.person.press_data(shown, "r:show:1001")
    await world.until(lambda: click.result is not None)
    assert click.result is not None
    assert click.result.text == anna.word("This is not one of your requests.")
    await anna.say("Hello?", reply_to=answer)
    assert labels(latest(anna)) == ["English", "Русский", "Latviešu"]
    anna.language = "en"
    await anna.choose_language("English")
    await anna.press("New request")
    await anna.press("I agree")
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Another")
    await anna.say("210987654321")
    await anna.press("Skip")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(3)
    assert world.topic().name.startswith("#1002 ")
    await anna.say("/my")
    assert text(anna) == "You have 1 request."


async def test_a_thread_that_cannot_be_deleted_loses_its_title_and_card(world: World) -> None:
    anna = await seed(world, f"{SECRET}name", language_code="en")
    refusal = Refuse(400, "Bad Request: not enough rights to delete the topic")
    world.pg.faults.add(Fault("deleteForumTopic", refusal))
    await _erase(anna.customer)
    await world.settle(3)
    assert anna.topic.name == "#1001"
    assert SECRET not in (anna.card.text or "")
    assert "Терминал" not in (anna.card.text or "")
    assert anna.card.buttons == []
    assert any("вручную" in line for line in texts(world.group, of=world.bot))
    # Nothing else waits because of it, and nothing is stored of what is written there.
    admin = await colleague(world, "Пётр", admin=True)
    admin.write(anna.topic, f"{SECRET}?")
    await world.settle()
    assert "удалены" in (anna.topic.last.text or "")
    assert SECRET not in await everything_stored(world)
    boris = await seed(world, "Борис")
    assert boris.topic.messages


async def _old(world: World) -> tuple[Seed, Seed]:
    """A ticket that was closed long ago, and one that is open as long."""
    old, other = await seed(world, f"{SECRET}old"), await seed(world, "Борис")
    await press(world, old.card, "Закрыть")
    await leap(world, days=20)
    await world.settle(3700)
    return old, other


async def test_closed_tickets_lose_what_is_personal_when_their_time_is_over(open_desk: OpenDesk) -> None:
    rules = (
        '[[form]]\nkind = "text"\nkey = "a"\nrole = "description"\nlabel = "A"\nquestion = "A?"\n[privacy]\n'
    )
    world = await open_desk(rules + "retention_days = 15\nerase_threads = false\n")
    old, other = await _old(world)
    assert old.topic.name == "#1001"
    assert SECRET not in (old.card.text or "")
    assert "Борис" in (other.card.text or "")
    assert other.topic.name.startswith("#1002 · 123456789012")
    # The customer is still known, with their other tickets.
    await old.customer.say("/privacy")
    assert said(old.customer, "Get my data") in labels(latest(old.customer))
    await old.customer.say("/my")
    assert said(old.customer, "You have no requests yet.") == text(old.customer)


async def test_only_administrators_erase_and_only_after_a_second_press(world: World) -> None:
    anna = await seed(world, f"{SECRET}name", language_code="en")
    admin = await colleague(world, "Пётр", admin=True)
    world.agent.write(anna.topic, "/erase")
    await world.settle()
    assert "только администраторы" in (anna.topic.last.text or "")
    admin.write(anna.topic, "/erase")
    await world.settle()
    asked = anna.topic.last
    assert f"{SECRET}name" in (asked.text or "")
    await press(world, asked, "🗑 Удалить навсегда", who=world.agent)
    assert SECRET in await everything_stored(world)
    await press(world, asked, "Отменить", who=admin)
    assert "Ничего не удалено" in (asked.text or "")
    admin.write(anna.topic, "/erase")
    await world.settle()
    await press(world, anna.topic.last, "🗑 Удалить навсегда", who=admin)
    await world.settle(3)
    assert SECRET not in await everything_stored(world)
    assert said(anna.customer, "The desk has erased everything personal that was stored about you.") in text(
        anna.customer
    )


async def test_what_is_being_sent_at_that_moment_goes_too(world: World) -> None:
    world.pg.faults.add(Fault("createForumTopic", Slow(3)))
    anna = await seed(world, f"{SECRET}name", shown=False, language_code="en")
    await anna.customer.say("/privacy")
    await anna.customer.press("Erase my data")
    await anna.customer.press("Yes, erase everything")
    await world.settle(15)
    assert world.group.topics == []
    assert SECRET not in await everything_stored(world)
    assert "#1001" in "\n".join(texts(world.group, of=world.bot))


async def test_a_message_under_way_and_one_that_failed_leave_no_trace(any_world: World) -> None:
    world = any_world
    anna = await seed(world, f"{SECRET}name", language_code="en")
    failed = Fault("sendMessage", Refuse(400, "Bad Request: NO"), world.group.id, when=_says("failed"))
    slow = Fault("sendMessage", Slow(4), world.group.id, when=_says("slow"))
    world.pg.faults.add(failed, slow)
    await anna.customer.say(f"{SECRET} failed")
    await world.settle()
    await anna.customer.say(f"{SECRET} slow")
    await _erase(anna.customer)
    await world.settle(10)
    assert slow.struck == 1
    assert SECRET not in await everything_stored(world)
    assert world.group.topics == []
    # Others are served as before.
    boris = await seed(world, "Борис")
    await boris.customer.say("Слышите?")
    await world.settle()
    assert boris.topic.last.text == "Слышите?"


def _says(words: str) -> Callable[[Params], bool]:
    return lambda params: words in params.text("text")


async def test_in_a_plain_group_the_card_is_cleared_and_the_rest_asked_for(sqlite_url: str) -> None:
    world = World(sqlite_url)
    side = await open_side(world, forum=False)
    assert "Анна" in (side.card.text or "")
    await _erase(side.customer)
    assert "Анна" not in (side.card.text or "")
    assert side.card.buttons == []
    assert "#1001" in (side.told().text or "")
    assert "удалите это вручную" in "\n".join(texts(world.group, of=world.bot))
    await world.close()
