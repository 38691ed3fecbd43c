"""A staff group without topics: the whole desk by Telegram's replies."""

from collections.abc import AsyncIterator

import pytest

from playground import Photo, SeenMessage
from tests.world import Customer, World, texts


@pytest.fixture
async def plain(sqlite_url: str) -> AsyncIterator[World]:
    """A desk whose group has no topics."""
    world = World(sqlite_url)
    world.group.set_forum(False)
    await world.start()
    yield world
    await world.close()


async def open_ticket(customer: Customer, subject: str, **how: str) -> SeenMessage:
    """Go through the form; gives back the card in the group."""
    await customer.begin()
    await customer.say(subject)
    await customer.say(how.get("serial", "123456789012"))
    await customer.say("Со вчерашнего дня ошибка связи")
    await customer.press("Skip")
    await customer.press("Done")
    await customer.press("Submit")
    world = customer.world
    await world.until(lambda: cards(world, subject))
    await world.settle()
    return cards(world, subject)[-1]


def cards(world: World, subject: str) -> list[SeenMessage]:
    """The cards with this subject, in order."""
    return [m for m in world.group.messages if subject in (m.text or "") and m.buttons]


async def test_replies_are_the_thread(plain: World) -> None:
    anna, boris = plain.customer("Анна"), plain.customer("Борис")
    anna_card = await open_ticket(anna, "Терминал Анны")
    boris_card = await open_ticket(boris, "Терминал Бориса", serial="210987654321")

    plain.agent.write(plain.group, "Это между нами")
    answer = plain.agent.write(plain.group, "Анна, проверьте кабель", reply_to=anna_card)
    note = plain.agent.write(plain.group, "// похоже на прошивку", reply_to=boris_card)
    await plain.settle()
    assert "Анна, проверьте кабель" in texts(anna.chat, of=plain.bot)
    assert texts(boris.chat, of=plain.bot)[-1].startswith("Ваша заявка")
    assert not any("между нами" in text for text in texts(anna.chat) + texts(boris.chat))
    assert answer.reactions == {plain.bot: "👌"}
    assert note.reactions == {plain.bot: "✍"}

    anna.write("Кабель цел")
    await plain.settle()
    shown = plain.group.messages[-1]
    assert shown.text == "Кабель цел"
    assert shown.reply_to is anna_card

    plain.agent.send_album(plain.group, [Photo(), Photo()], caption="Вот так", reply_to=shown)
    await plain.settle()
    album = [m for m in anna.chat.messages if m.kind == "photo"]
    assert [m.text for m in album] == ["Вот так", None]

    plain.agent.press(anna_card, "Решить")
    await plain.settle()
    await anna.press("Yes, solved")
    await plain.settle()
    assert "закрыта" in (anna_card.text or "")


async def test_a_restart_makes_no_second_card(plain: World) -> None:
    anna = plain.customer()
    card = await open_ticket(anna, "Терминал Анны")
    await plain.stop()
    await plain.start()
    plain.agent.write(plain.group, "Здравствуйте!", reply_to=card)
    await plain.settle()
    assert "Здравствуйте!" in texts(anna.chat, of=plain.bot)
    assert len([m for m in plain.group.messages if m.buttons]) == 1


async def test_topics_are_switched_on_and_off(plain: World) -> None:
    anna = plain.customer()
    await open_ticket(anna, "Терминал Анны")
    plain.group.set_forum(True)
    plain.agent.write(plain.group, "Теперь с темами")
    await plain.until(lambda: plain.group.topics)
    topic = plain.topic()
    await plain.settle()
    plain.agent.write(topic, "Пишу в теме")
    await plain.settle()
    assert "Пишу в теме" in texts(anna.chat, of=plain.bot)

    plain.group.set_forum(False)
    anna.write("А теперь?")
    await plain.settle(10)
    plain.agent.write(plain.group, "И обратно", reply_to=cards(plain, "Терминал Анны")[-1])
    await plain.settle()
    assert "А теперь?" in texts(plain.group, of=plain.bot)
    assert "И обратно" in texts(anna.chat, of=plain.bot)
