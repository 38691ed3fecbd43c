"""Only members of the staff group act; everybody else gets a polite word at most."""

import pytest

from playground import (
    Click,
    DropBefore,
    Fault,
    Garbage,
    Photo,
    Refuse,
    SeenMessage,
    ServerError,
    TooMany,
)
from playground.users import TELEGRAM
from tests.agents.seeds import (
    DELIVERED,
    NOTED,
    Seed,
    by_bot,
    colleague,
    journal_of,
    leap,
    lose_updates,
    press,
    really,
    restart,
    says,
    seed,
)
from tests.world import World, texts

REFUSAL = "Эта кнопка предназначена только для специалистов поддержки."


async def _answer(world: World, click: Click) -> str:
    await world.until(lambda: click.result is not None)
    await world.settle()
    result = click.result
    assert result is not None
    return result.text


async def _unchanged(world: World, anna: Seed) -> None:
    assert await journal_of(world, anna.number) == ["open"]
    assert "новая" in (anna.card.text or "")
    assert not texts(anna.customer.chat)


def _data(card: SeenMessage, label: str = "Взять") -> str:
    data: str = card.button(label)["callback_data"]
    return data


async def test_a_stranger_presses_a_copied_button_in_a_private_chat(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    eve = world.customer("Eve", language_code="en")
    await eve.say("hello")
    for label in ("Взять", "Решить", "Закрыть"):
        click = eve.person.press_data(eve.bots()[-1], _data(anna.card, label))
        assert await _answer(world, click) == "This button is for the desk's agents."
    for data in ("tm:assign:1001", f"ta:1001:{eve.person.id}:0", "tt:1001:service:support", "duty:1:"):
        click = eve.person.press_data(eve.bots()[-1], data)
        assert await _answer(world, click) == "This button is for the desk's agents."
    click = eve.person.press_data(eve.bots()[-1], "retry:1")
    assert await _answer(world, click)
    await _unchanged(world, anna)


async def test_a_customer_presses_the_button_of_the_own_ticket(world: World) -> None:
    anna = await seed(world)
    await anna.customer.say("/help")
    await world.settle()
    said = anna.customer.bots()[-1]
    click = anna.customer.person.press_data(said, _data(anna.card, "Закрыть"))
    assert await _answer(world, click) == REFUSAL
    assert await journal_of(world, anna.number) == ["open"]


async def test_a_stranger_presses_a_copied_button_in_another_group(world: World) -> None:
    anna = await seed(world)
    eve = world.pg.add_person("Ева", language_code="ru")
    other = world.pg.add_group("Чужая", owner=eve)
    other.add_bot(world.bot)
    eve.write(other, "/id")
    await world.settle()
    click = eve.press_data(other.last, _data(anna.card))
    assert await _answer(world, click) == REFUSAL
    await _unchanged(world, anna)


async def test_a_stranger_presses_the_card_itself(world: World) -> None:
    anna = await seed(world)
    eve = world.pg.add_person("Ева", language_code="lv")
    click = eve.press_data(anna.card, _data(anna.card))
    assert await _answer(world, click)
    await _unchanged(world, anna)


@pytest.mark.parametrize("how", ["left", "kicked", "lost update"])
async def test_a_former_agent(world: World, how: str) -> None:
    anna = await seed(world)
    peter = world.pg.add_person("Пётр", language_code="ru")
    world.group.join(peter)
    await press(world, anna.card, "Взять", peter)
    await press(world, anna.card, "Снять с себя", peter)
    before = await journal_of(world, anna.number)

    if how == "left":
        world.group.leave(peter)
    elif how == "kicked":
        world.group.kick(peter)
    else:
        await world.stop()
        world.group.leave(peter)
        await lose_updates(world)
        await world.start()
    await world.settle()
    click = peter.press_data(anna.card, _data(anna.card))
    assert await _answer(world, click) == REFUSAL
    assert await journal_of(world, anna.number) == before


async def test_membership_is_asked_again_after_a_while(world: World) -> None:
    anna = await seed(world)
    peter = world.pg.add_person("Пётр", language_code="ru")
    world.group.join(peter)
    await press(world, anna.card, "Взять", peter)
    with world.pg.hold_updates():
        world.group.leave(peter)
        await lose_updates(world)
    await leap(world, 700)
    click = peter.press_data(anna.card, _data(anna.card, "Решить"))
    assert await _answer(world, click) == REFUSAL


async def test_one_whose_membership_is_asked_first_comes_before_who_pressed_later(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    # Of Пётр the group has told, of the other agent not yet.
    peter = await colleague(world)
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, "Взять")
        second = peter.press(anna.card, "Взять")
    assert await _answer(world, first) == "#1001: выполнено"
    assert await _answer(world, second) == "Этой заявкой уже занимается Ольга Смирнова."
    assert await journal_of(world, anna.number) == ["open", "take"]


async def test_a_new_agent_may_act_at_once(world: World) -> None:
    anna = await seed(world)
    peter = world.pg.add_person("Пётр")
    world.group.join(peter)
    peter.write(anna.topic, "Я помогу")
    await world.settle()
    assert texts(anna.customer.chat) == ["Я помогу"]


async def test_a_member_whose_joining_was_never_told(world: World) -> None:
    anna = await seed(world)
    peter = world.pg.add_person("Пётр")
    with world.pg.hold_updates():
        world.group.join(peter)
        await lose_updates(world)
    peter.write(anna.topic, "Я помогу")
    await world.settle()
    assert texts(anna.customer.chat) == ["Я помогу"]


async def test_another_bot_in_the_group(world: World) -> None:
    anna = await seed(world)
    other = world.pg.add_bot("Погода", "weather_bot", privacy=False)
    world.group.add_bot(other)
    await world.settle(0)
    said = other.write(anna.topic, "Дождь")
    await world.settle()
    assert not texts(anna.customer.chat)
    assert not said.reactions
    assert await journal_of(world, anna.number) == ["open"]


async def test_a_channels_posts(world: World) -> None:
    anna = await seed(world)
    world.group.auto_forward("Новости")
    channel = world.group.general[-1].sender_chat
    in_topic = world.pg.new_message(world.group, TELEGRAM, "text", "Реклама", topic=anna.topic)
    in_topic.sender_chat = channel
    world.pg.post(in_topic)
    await world.settle()
    assert not texts(anna.customer.chat)
    assert not in_topic.reactions


async def test_an_anonymous_administrator_is_an_agent(world: World) -> None:
    anna = await seed(world)
    world.group.promote(world.agent, anonymous=True)
    answer = world.agent.write(anna.topic, "От имени группы", anonymous=True)
    await world.settle()
    assert texts(anna.customer.chat) == ["От имени группы"]
    assert answer.reactions == {world.bot: DELIVERED}
    world.agent.edit(answer, "От имени всей группы")
    await world.settle()
    assert texts(anna.customer.chat) == ["От имени всей группы"]


async def test_whatever_an_anonymous_administrator_does_counts(world: World) -> None:
    anna = await seed(world)
    world.group.promote(world.agent, anonymous=True)
    asked = anna.customer.write("Что делать?")
    await world.settle()
    copy = anna.topic.last
    answer = world.agent.write(anna.topic, "Вот так", anonymous=True, reply_to=copy)
    album = world.agent.send_album(anna.topic, [Photo(), Photo()], "Шаги", anonymous=True)
    place = world.agent.send_location(anna.topic, anonymous=True)
    note = world.agent.write(anna.topic, "// устал", anonymous=True)
    world.agent.react(copy, "👍", as_chat=world.group)
    await world.settle()
    got = anna.customer.bots()
    assert [message.kind for message in got] == ["text", "photo", "photo", "location"]
    assert got[0].reply_to is asked
    assert asked.reactions == {world.bot: "👍"}
    for message in (answer, album[0], place):
        assert message.reactions == {world.bot: DELIVERED}
    assert note.reactions == {world.bot: NOTED}

    world.agent.edit(album[0], "Два шага")
    anna.customer.write("Понятно", reply_to=got[1])
    anna.customer.person.react(got[3], "❤")
    world.agent.react(copy, None, as_chat=world.group)
    await world.settle()
    assert got[1].text == "Два шага"
    assert anna.topic.last.reply_to in album
    assert place.reactions == {world.bot: "❤"}
    assert not asked.reactions


async def test_the_buttons_of_an_anonymous_administrator_name_nobody(world: World) -> None:
    anna = await seed(world)
    world.group.promote(world.agent, anonymous=True)
    await world.settle()
    shown = await press(world, anna.card, "Взять")
    assert "Ольга" not in shown
    assert "Специалист: Поддержка" in (anna.card.text or "")
    await press(world, anna.card, "Передать")
    await press(world, anna.card, "Сервисный отдел (ремонт)")
    assert says(world, anna.topic, "Поддержка передаёт заявку в другой отдел")
    for label in ("Взять", "Снять с себя", "Решить"):
        await press(world, anna.card, label)
    seen = [*by_bot(world, anna.topic), *by_bot(world, anna.customer.chat)]
    assert not [text for text in seen if "Ольга" in text]


async def test_who_is_no_agent_reacts_for_nobody(world: World) -> None:
    anna = await seed(world)
    peter = await colleague(world)
    asked = anna.customer.write("Что делать?")
    await world.settle()
    copy = anna.topic.last
    peter.react(copy, "👍", as_chat=world.pg.add_channel("Канал Петра"))
    await world.settle()
    assert not asked.reactions
    peter.react(copy, "👍")
    await world.settle()
    assert asked.reactions == {world.bot: "👍"}
    world.group.leave(peter)
    peter.react(copy, "👎")
    await world.settle()
    assert asked.reactions == {world.bot: "👍"}


async def test_the_question_about_a_member_outlives_what_goes_wrong(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        *(
            Fault("getChatMember", effect)
            for effect in (
                Garbage(),
                ServerError(500),
                DropBefore(),
                TooMany(3),
                Refuse(403, "Forbidden: bot was kicked from the supergroup chat"),
            )
        )
    )
    await restart(world)
    world.agent.write(anna.topic, "Проверяем")
    world.agent.write(anna.topic, "Готово")
    await world.settle(60)
    assert texts(anna.customer.chat) == ["Проверяем", "Готово"]


async def test_service_messages_are_nobodys_answer(world: World) -> None:
    anna = await seed(world)
    world.group.promote(world.agent)
    world.agent.rename_topic(anna.topic, "Касса")
    world.agent.close_topic(anna.topic)
    world.agent.reopen_topic(anna.topic)
    await world.settle()
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    await _unchanged(world, anna)
