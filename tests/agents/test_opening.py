"""What a thread shows of the message or messages that a ticket was opened with: each once."""

from playground import Photo, PrivateChat
from tests.world import Customer, World, texts


async def test_a_caption_stands_under_its_files_and_not_on_the_card_too(world: World) -> None:
    anna = world.customer()

    def attach(chat: PrivateChat) -> None:
        anna.person.send_album(chat, [Photo(), Photo()], "Экран с ошибкой")
        anna.write("И так каждый день")
        anna.person.send_photo(chat, "Индикатор мигает")

    topic = await anna.open_ticket(attach=attach)
    card, first, _, other = topic.messages[1:5]
    assert "Со вчерашнего дня ошибка связи\n\nИ так каждый день" in (card.text or "")
    assert first.text == "Экран с ошибкой"
    assert (other.kind, other.text) == ("photo", "Индикатор мигает")
    assert sum("Экран с ошибкой" in text for text in texts(topic)) == 1
    assert sum("Индикатор мигает" in text for text in texts(topic)) == 1
    anna.person.edit(next(m for m in anna.chat.messages if m.album), "Экран без ошибки")
    await world.settle()
    assert first.text == "Экран без ошибки"
    assert "Ниже 3 вложения" in (card.text or "")


async def to_description(customer: Customer) -> None:
    """Answer what is asked before the description."""
    await customer.begin()
    await customer.say("Терминал не принимает карты")
    await customer.say("123456789012")


async def submit(customer: Customer) -> None:
    """Answer nothing more."""
    await customer.press("Skip")
    await customer.press("Done")
    await customer.press("Submit")
    await customer.world.settle(4)


async def test_a_description_that_is_only_a_caption_stands_once(world: World) -> None:
    anna = world.customer()
    await to_description(anna)
    anna.person.send_photo(anna.chat, "Не печатает чеки с утра")
    await world.settle(2)
    await submit(anna)
    card, photo = world.topic().messages[1:]
    assert (photo.kind, photo.text) == ("photo", "Не печатает чеки с утра")
    assert "Не печатает" not in (card.text or "")
    assert (card.text or "").endswith("Ниже 1 вложение")
