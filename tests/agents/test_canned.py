"""Canned answers: chosen from a list or by /canned, sent once, and answers like any other from then on."""

from pathlib import Path

import pytest

from playground import Fault, Refuse, SeenMessage
from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import (
    DELIVERED,
    answered,
    by_bot,
    colleague,
    journal_of,
    press,
    restart,
    seed,
    ticket_of,
)
from tests.agents.sides import Side
from tests.world import World

PHOTOS = "Пришлите, пожалуйста, фотографии экрана терминала"
CHOOSE = "Выберите шаблон: перед отправкой Вы увидите текст."
EXTRA = """
[[canned]]
key = "due"
label = "Срок"
text = { ru = "Решим до {due}", en = "Solved by {due}, {name}" }

[[canned]]
key = "device"
label = "Устройство"
text = "{serial}: {{<b>{name}</b>}} {subject}, {agent}"
"""


async def _sent(side: Side) -> SeenMessage:
    """Choose the first answer and send it; gives back the message in the thread that became the answer."""
    await press(side.world, side.card, "Шаблоны")
    shown = side.told()
    await press(side.world, shown, "Попросить фото")
    await press(side.world, shown, "Отправить клиенту")
    await side.world.settle()
    return shown


async def test_an_answer_is_chosen_seen_and_sent(any_side: Side) -> None:
    side, world = any_side, any_side.world
    await press(world, side.card, "Шаблоны")
    shown = side.told()
    assert shown.text == CHOOSE
    assert [row[0] for row in shown.buttons][:2] == ["Попросить фото", "Где серийный номер"]
    assert shown.buttons[-1] == ["Отменить"]

    await press(world, shown, "Попросить фото")
    assert (shown.text or "").startswith(
        "Попросить фото (русский), ещё не отправлено:\n\nЗдравствуйте, Анна!"
    )
    assert shown.buttons == [["Отправить клиенту"], ["Назад", "Отменить"]]
    assert side.seen() == []
    await press(world, shown, "Назад")
    assert shown.text == CHOOSE
    await press(world, shown, "Попросить фото")
    assert await press(world, shown, "Отправить клиенту") == "#1001: выполнено"
    await world.settle()

    (got,) = side.seen()
    assert got.startswith("Здравствуйте, Анна!\n\n" + PHOTOS)
    assert shown.text == f"Отправлено клиенту · Ольга Смирнова\n{got}"
    assert not shown.buttons
    assert shown.reactions == {world.bot: DELIVERED}
    assert await journal_of(world, 1001) == ["open", "answer"]
    ticket = await ticket_of(world, 1001)
    assert (ticket.assignee_name, ticket.asked_at) == ("Ольга Смирнова", None)


async def test_it_is_a_message_like_any_other(any_side: Side) -> None:
    side, world = any_side, any_side.world
    shown = await _sent(side)
    copy = side.customer.bots()[-1]
    side.customer.write("Вот фото", reply_to=copy)
    await world.settle()
    relayed = side.told()
    assert (relayed.text, relayed.reply_to) == ("Вот фото", shown)
    side.customer.person.react(copy, "👍")
    await world.settle()
    assert shown.reactions == {world.bot: "👍"}
    await side.take_back(shown)
    assert PHOTOS not in "".join(side.seen())
    assert side.told().text == "Сообщение отозвано: клиент его больше не видит."


async def test_the_command_sends_at_once_and_shows_what_went_out(any_side: Side) -> None:
    side, world = any_side, any_side.world
    typed = side.answer("/canned photos")
    await world.settle()
    (got,) = side.seen()
    shown = side.told()
    assert shown.text == f"Отправлено клиенту · Ольга Смирнова\n{got}"
    assert shown.reactions == {world.bot: DELIVERED}
    assert not typed.reactions
    # The command is no message to the customer, so its edit is none either.
    world.agent.edit(typed, "/canned wiring")
    await world.settle()
    assert side.seen() == [got]
    copy = side.customer.bots()[-1]
    side.customer.write("Готово", reply_to=copy)
    await world.settle()
    assert side.told().reply_to is shown
    await side.take_back(shown)
    assert side.seen() == []


async def test_ways_to_write_the_command(side: Side) -> None:
    world = side.world
    for command in ("/canned@talon_bot wiring", "/canned  попросить  СХЕМУ подключения", "/canned wiring"):
        before = len(side.seen())
        side.answer(command)
        await world.settle()
        assert side.seen()[before:] == [side.seen()[0]], command
    side.answer("/canned")
    await world.settle()
    assert side.told().text == CHOOSE
    side.answer("/canned nonsense <b>")
    await world.settle()
    assert side.told().text == (
        "Шаблона «nonsense <b>» нет. Доступные шаблоны: photos, serial_place, self_check, wiring, one_ticket."
    )
    assert len(side.seen()) == 3


@pytest.mark.parametrize("language", ["en", "lv"])
async def test_it_goes_out_in_the_customers_language(world: World, language: str) -> None:
    john = await seed(world, "John", language_code=language)
    world.agent.write(john.topic, "/canned photos")
    await world.settle()
    greeting = {"en": "Hello, John!\n\nPlease send us photos", "lv": "Labdien, John!\n\nLūdzu, atsūtiet"}
    assert by_bot(world, john.customer.chat)[-1].startswith(greeting[language])


async def test_a_double_press_sends_once(any_side: Side) -> None:
    side, world = any_side, any_side.world
    peter = await colleague(world)
    await press(world, side.card, "Шаблоны")
    shown = side.told()
    await press(world, shown, "Попросить фото")
    with world.pg.hold_updates():
        clicks = [who.press(shown, "Отправить клиенту") for who in (world.agent, world.agent, peter)]
    first, *late = [await answered(world, click) for click in clicks]
    assert first.text == "#1001: выполнено"
    for each in late:
        assert (each.text, each.show_alert) == (
            "Этот ответ уже отправлен, отправитель: Ольга Смирнова.",
            True,
        )
    await world.settle()
    assert len(side.seen()) == 1
    await restart(world)
    assert len(side.seen()) == 1
    assert shown.reactions == {world.bot: DELIVERED}


async def test_the_list_survives_a_restart_and_a_change_of_language(side: Side) -> None:
    world = side.world
    await press(world, side.card, "Шаблоны")
    shown = side.told()
    await press(world, shown, "Попросить фото")
    await restart(world)
    await side.customer.say("/language")
    await side.customer.choose_language("English")
    await world.settle()
    before = len(side.seen())
    assert await press(world, shown, "Отправить клиенту") == "Текст ответа изменился: проверьте его ещё раз."
    assert (shown.text or "").startswith("Попросить фото (английский), ещё не отправлено:\n\nHello, Анна!")
    assert len(side.seen()) == before
    await press(world, shown, "Отправить клиенту")
    await world.settle()
    assert side.seen()[-1].startswith("Hello, Анна!")


async def test_an_answer_is_not_sent_after_all(side: Side) -> None:
    world = side.world
    await press(world, side.card, "Шаблоны")
    shown = side.told()
    data = shown.button("Попросить фото")["callback_data"]
    await press(world, shown, "Отменить")
    assert (shown.text, shown.buttons) == ("Шаблон не отправлен.", [])
    # Buttons from nowhere, and of another ticket.
    for bad in ("cn:show:1001:gone:", "cn:jump:1001:photos:", "cn:open:7::", "cn:x"):
        assert (await answered(world, world.agent.press_data(shown, bad))).text, bad
    eve = world.pg.add_person("Ева", language_code="ru")
    assert "только для специалистов" in (await answered(world, eve.press_data(shown, data))).text
    await world.settle()
    assert side.seen() == []
    assert await journal_of(world, 1001) == ["open"]


async def test_a_field_that_the_ticket_has_nothing_for(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, tables=SOLVING + EXTRA.replace(", {agent}", "")))
    await world.start()
    anna = await seed(world, "<b>Eve</b> {0} %s")
    lacking = "Не отправлено. В шаблоне есть то, чего нет в заявке: срок решения."
    world.agent.write(anna.topic, "/canned due")
    await world.settle()
    assert by_bot(world, anna.topic)[-1] == lacking
    await press(world, anna.card, "Шаблоны")
    shown = anna.topic.messages[-1]
    click = world.agent.press(shown, "Срок")
    result = await answered(world, click)
    assert (result.text, result.show_alert) == (lacking, True)
    assert by_bot(world, anna.customer.chat) == []

    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    world.agent.write(anna.topic, "/canned due")
    world.agent.write(anna.topic, "/canned device")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-2:] == [
        "Решим до понедельник, 23 ноября, 14:00 (московское время)",
        "123456789012: {<b><b>Eve</b> {0} %s</b>} Терминал не принимает карты",
    ]
    await world.close()


async def test_a_desk_without_canned_answers(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(desk_file(tmp_path))
    before, _, _ = path.read_text("utf-8").partition("\n[[canned]]")
    path.write_text(before, "utf-8")
    world = World(sqlite_url, desk=str(path))
    await world.start()
    anna = await seed(world)
    assert "Шаблоны" not in [label for row in anna.card.buttons for label in row]
    world.agent.write(anna.topic, "/canned photos")
    await world.settle()
    assert by_bot(world, anna.topic)[-1] == "В профиле этой службы нет шаблонов."
    assert by_bot(world, anna.customer.chat) == []
    await world.close()


async def test_nothing_reaches_the_customer(side: Side) -> None:
    world = side.world
    side.customer.person.block(world.bot)
    await world.settle()
    side.answer("/canned photos")
    await world.settle()
    said = by_bot(world, side.place)
    assert "Сообщение пока не доставлено." in "".join(said[-2:])
    side.customer.person.unblock(world.bot)
    await world.settle()
    assert side.seen()[-1].startswith("Здравствуйте, Анна!")


async def test_telegram_refuses_it(side: Side) -> None:
    world = side.world
    world.pg.faults.add(Fault("sendMessage", Refuse(400, "Bad Request: NO"), side.customer.person.id))
    shown = await _sent(side)
    notice = side.told()
    assert (notice.text or "").startswith("Сообщение не доставлено.")
    assert notice.reply_to is shown
    await press(world, notice, "Отправить ещё раз")
    await world.settle()
    assert len(side.seen()) == 1
    assert shown.reactions == {world.bot: DELIVERED}


async def test_a_closed_ticket_has_the_command_but_no_button(side: Side) -> None:
    world = side.world
    chief = await colleague(world, "Шеф", admin=True)
    await press(world, side.card, "Закрыть")
    assert side.card.buttons == [["Открыть снова"]]
    before = len(side.seen())
    side.answer("/canned photos", chief)
    await world.settle()
    assert len(side.seen()) == before + 1
    assert (await ticket_of(world, 1001)).state == "closed"
