"""A customer opens a ticket, an agent answers, the customer confirms: the story everything else builds on."""

from playground import Photo
from tests.world import World, texts


async def test_from_start_to_solved(any_world: World) -> None:
    world = any_world
    anna = world.customer("Анна", last_name="Петрова")
    topic = await anna.open_ticket(
        attach=lambda chat: anna.person.send_album(chat, [Photo(), Photo(), Photo()], caption="Экран")
    )
    assert topic.name == "#1001 · 123456789012 · Анна П."
    card, *files = topic.messages[1:]
    assert "Терминал не принимает карты" in (card.text or "")
    assert "Со вчерашнего дня ошибка связи" in (card.text or "")
    assert [file.kind for file in files] == ["photo"] * 3
    assert len({file.album for file in files}) == 1
    await anna.sees("#1001")

    answer = world.agent.write(topic, "Здравствуйте! Проверяем.")
    note = world.agent.write(topic, "// похоже на прошивку")
    await world.settle()
    assert "Здравствуйте! Проверяем." in texts(anna.chat)
    assert not any("прошивку" in text for text in texts(anna.chat))
    assert answer.reactions == {world.bot: "👌"}
    assert note.reactions == {world.bot: "✍"}

    anna.write("Спасибо, ждём")
    await world.settle()
    assert texts(topic)[-1] == "Спасибо, ждём"

    world.agent.press(card, "Решить")
    await world.settle()
    await anna.press("Yes, solved")
    await world.settle()
    assert topic.closed
    assert "закрыта" in (card.text or "")
