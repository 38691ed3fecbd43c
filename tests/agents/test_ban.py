"""Bans: administrators decide them, customers are told once, and nothing of theirs is taken any more."""

from pathlib import Path

import pytest

from playground import Person, Photo
from storage import journal
from tests.agents.desks import desk_file
from tests.agents.seeds import (
    Seed,
    answered,
    by_bot,
    colleague,
    journal_of,
    leap,
    press,
    restart,
    says,
    seed,
)
from tests.agents.sides import Side
from tests.world import World

TOLD = (
    "Служба поддержки больше не отвечает Вам здесь: Ваши сообщения не передаются специалистам.\n"
    "/privacy покажет, что о Вас хранится, /language сменит язык."
)
LIFTED = "Служба поддержки снова отвечает Вам здесь: просто напишите."
NOT_YOURS = "Блокировать клиентов и снимать блокировку могут только администраторы этой группы."
HOW = "Напишите команду в теме заявки или укажите номер клиента в Telegram:"


@pytest.fixture
async def chief(world: World) -> Person:
    """An administrator of the group of the world's desk."""
    return await colleague(world, "Шеф", admin=True)


async def _ban(world: World, anna: Seed, chief: Person, reason: str = "спам") -> None:
    chief.write(anna.topic, f"/ban {reason}")
    await world.settle()


async def _events(world: World, number: int) -> list[tuple[str, str | None, object]]:
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        rows = await journal.of(tx, number)
    return [(row.event, row.actor_name, row.data) for row in rows if row.event in ("ban", "unban")]


async def test_commands_may_be_capitalised(world: World, chief: Person) -> None:
    anna = await seed(world)
    for command, is_banned in (("/Ban спам", True), ("/UNBAN", False)):
        chief.write(anna.topic, command)
        await world.settle()
        assert ("🚫 Заблокирован" in (anna.card.text or "")) is is_banned


async def test_an_administrator_bans_and_lifts_the_ban(any_side: Side) -> None:
    side, world = any_side, any_side.world
    chief = await colleague(world, "Шеф", admin=True)
    customer = side.customer
    await customer.say("Первое")
    await world.settle()
    shown = len(side.place.messages)
    side.answer("/ban оскорбления & <b>угрозы</b>", chief)
    await world.settle()
    assert side.seen()[-1] == TOLD
    assert (side.told().text or "").startswith("Клиент заблокирован: Анна. Ему об этом сообщено")
    assert "🚫 Заблокирован: оскорбления & <b>угрозы</b>" in (side.card.text or "")

    shown = len(side.place.messages)
    told = len(side.seen())
    await customer.say("Второе")
    customer.person.send(customer.chat, Photo(), "Третье")
    customer.person.edit(customer.chat.messages[0], "Первое, но злое")
    await world.settle()
    await restart(world)
    await customer.say("Четвёртое")
    await world.settle()
    assert len(side.place.messages) == shown
    assert len(side.seen()) == told
    assert "злое" not in "".join(message.text or "" for message in side.place.messages)

    # Agents still reach the customer.
    side.answer("Заявку закроем завтра")
    await world.settle()
    assert side.seen()[-1] == "Заявку закроем завтра"
    side.answer("/unban", chief)
    await world.settle()
    assert side.seen()[-1] == LIFTED
    assert side.told().text == "Блокировка снята: Анна. Клиенту об этом сообщено."
    assert "Заблокирован" not in (side.card.text or "")
    await customer.say("Спасибо")
    await world.settle()
    assert side.told().text == "Спасибо"
    number = customer.person.id
    assert await _events(world, 1001) == [
        ("ban", "Шеф", {"customer": number, "why": "оскорбления & <b>угрозы</b>"}),
        ("unban", "Шеф", {"customer": number, "why": None}),
    ]


async def test_an_ordinary_agent_is_told_who_does_that(any_side: Side) -> None:
    side, world = any_side, any_side.world
    for command in ("/ban спам", "/unban", "/ban"):
        typed = side.answer(command)
        await world.settle()
        assert (side.told().text, side.told().reply_to) == (NOT_YOURS, typed)
    assert side.seen() == []
    await side.customer.say("Я ещё здесь")
    await world.settle()
    assert side.told().text == "Я ещё здесь"
    assert await _events(world, 1001) == []


@pytest.mark.parametrize("way", ["anonymous", "promoted", "demoted", "left"])
async def test_rights_are_looked_at_when_it_is_done(world: World, way: str) -> None:
    anna = await seed(world)
    peter = await colleague(world, admin=way == "demoted" or way == "left")
    if way == "promoted":
        world.group.promote(peter)
    elif way == "demoted":
        world.group.demote(peter)
    elif way == "anonymous":
        world.group.promote(peter, anonymous=True)
    await world.settle(0)
    if way == "left":
        world.group.leave(peter)
        await world.settle(0)
        late = world.pg.new_message(world.group, peter, "text", "/ban спам", topic=anna.topic)
        world.pg.post(late)
    else:
        peter.write(anna.topic, "/ban спам", anonymous=way == "anonymous")
    await world.settle()
    assert (TOLD in by_bot(world, anna.customer.chat)) is (way in ("anonymous", "promoted"))


async def test_what_a_banned_customer_may_still_do(world: World, chief: Person) -> None:
    anna = await seed(world)
    await anna.customer.say("/my")
    listed = anna.customer.bots()[-1]
    await _ban(world, anna, chief)
    customer = anna.customer
    await customer.say("/privacy")
    await world.settle()
    assert "Telegram" in by_bot(world, customer.chat)[-1]
    assert TOLD not in by_bot(world, customer.chat)[-1]
    await customer.say("/language")
    await customer.choose_language("English")
    await world.settle()
    assert "The language is now English." in by_bot(world, customer.chat)
    # Other commands say how it is; other buttons do, too.
    for command in ("/start", "/new", "/my", "/start sn_123456789012", "/help", "/PRIVACY"):
        await customer.say(command)
        await world.settle()
        last = by_bot(world, customer.chat)[-1]
        assert last.startswith("The desk no longer answers you here: what you write"), command
    click = customer.person.press(listed, listed.buttons[0][0])
    result = await answered(world, click)
    assert (result.text, result.show_alert) == ("The desk no longer answers you here.", True)
    assert not says(world, anna.topic, "/PRIVACY")
    assert await journal_of(world, anna.number) == ["open", "ban"]


async def test_what_was_sent_before_goes_on_its_way(world: World, chief: Person) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        anna.customer.write("Раньше")
        chief.write(anna.topic, "/ban спам")
    await world.settle()
    assert "Раньше" in by_bot(world, anna.topic)
    copy = next(message for message in anna.topic.messages if message.text == "Раньше")
    # What they do to it now does not cross, what agents do does.
    anna.customer.person.react(anna.customer.chat.messages[-1], "👎")
    chief.react(copy, "👍")
    await world.settle()
    assert copy.reactions == {chief: "👍"}


async def test_a_customer_is_named_by_id_outside_of_threads(world: World, chief: Person) -> None:
    anna = await seed(world)
    number = anna.customer.person.id
    chief.write(world.group, f"/ban {number} спам в личных сообщениях")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == TOLD
    assert (by_bot(world, world.group)[-1]).startswith("Клиент заблокирован: Анна.")
    assert [event[0] for event in await _events(world, anna.number)] == ["ban"]
    for command, words in (
        (f"/ban {number} ещё раз", "Клиент уже заблокирован: Анна. Причина: спам в личных сообщениях"),
        ("/ban", f"{HOW} /ban 123456789 spam"),
        ("/ban 7 спам", f"{HOW} /ban 123456789 spam"),
        ("/unban Анна", f"{HOW} /unban 123456789"),
        (f"/unban {10**30}", f"{HOW} /unban 123456789"),
        (f"/unban {number}", "Блокировка снята: Анна. Клиенту об этом сообщено."),
        (f"/unban {number}", "Клиент не заблокирован: Анна."),
        (f"/ban {number}", "Укажите причину, например /ban spam"),
    ):
        chief.write(world.group, command)
        await world.settle()
        assert by_bot(world, world.group)[-1] == words, command
    assert by_bot(world, anna.customer.chat) == [TOLD, LIFTED]


async def test_two_administrators_at_once(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    chiefs = [await colleague(world, name, admin=True) for name in ("Шеф", "Зам")]
    with world.pg.hold_updates():
        for chief, reason in zip(chiefs, ("спам", "брань"), strict=True):
            chief.write(anna.topic, f"/ban {reason}")
    await world.settle()
    said = by_bot(world, anna.topic)
    assert "Клиент уже заблокирован: Анна. Причина: спам" in said
    assert by_bot(world, anna.customer.chat) == [TOLD]
    assert len(await _events(world, anna.number)) == 1


async def test_every_open_ticket_shows_it_and_stays(world: World, chief: Person) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    await press(world, anna.card, "Открыть снова")
    await press(world, anna.card, "Решить")
    await _ban(world, anna, chief)
    asked = anna.customer.with_button("Нет, не решено")
    assert asked is not None
    click = anna.customer.person.press(asked, "Нет, не решено")
    assert (await answered(world, click)).show_alert
    # Silence closes what was resolved, as for anybody.
    await leap(world, 73 * 3600, step=12 * 3600)
    assert anna.is_closed()


async def test_a_draft_waits_for_the_ban_to_end(world: World, chief: Person) -> None:
    anna = await seed(world)
    await anna.customer.say("/new")
    await anna.customer.agree()
    await anna.customer.press("No")
    await anna.customer.press("Continue")
    await _ban(world, anna, chief)
    await anna.customer.say("Не печатает")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == TOLD
    anna.customer.person.block(world.bot)
    anna.customer.person.unblock(world.bot)
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == TOLD
    chief.write(anna.topic, "/unban")
    await world.settle()
    await anna.customer.say("Не печатает")
    await world.settle()
    assert "Шаг 2 из" in by_bot(world, anna.customer.chat)[-1]


async def test_the_reason_is_told_where_the_profile_says_so(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, "ban_reasons = true"))
    await world.start()
    anna = await seed(world, "Anna", language_code="lv")
    chief = await colleague(world, "Шеф", admin=True)
    await _ban(world, anna, chief, "surogātpasts & <b>reklāma</b>")
    told = by_bot(world, anna.customer.chat)[-1]
    assert told.split("\n")[:2] == [
        "Atbalsta dienests Jums šeit vairs neatbild: Jūsu ziņas speciālistiem netiek nodotas.",
        "Iemesls: surogātpasts & <b>reklāma</b>",
    ]
    await anna.customer.say("/start")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == told
    await world.close()
