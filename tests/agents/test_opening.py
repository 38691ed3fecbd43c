"""What a thread shows of the message or messages that a ticket was opened with: each once."""

from playground import LivePhoto, Photo, PrivateChat
from tests.world import Customer, World, texts


async def test_a_caption_stands_under_its_files_and_not_on_the_card_too(world: World) -> None:
    anna = world.customer()

    def attach(chat: PrivateChat) -> None:
        anna.person.send_album(chat, [Photo(), Photo()], "Экран с ошибкой")
        anna.write("И так каждый день")
        anna.person.send_live_photo(chat, "Индикатор мигает")

    topic = await anna.open_ticket(attach=attach)
    card, first, _, live = topic.messages[1:5]
    assert "Со вчерашнего дня ошибка связи\n\nИ так каждый день" in (card.text or "")
    assert first.text == "Экран с ошибкой"
    assert (live.kind, live.text) == ("live_photo", "Индикатор мигает")
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


async def test_a_forwarded_description_says_on_the_card_whose_it_is(world: World) -> None:
    anna = world.customer()
    friend = world.pg.add_person("<i>Друг</i>")
    talk = world.pg.add_group("Соседи", owner=friend)
    await to_description(anna)
    anna.person.forward(friend.write(talk, "Терминал <не> печатает"), anna.chat)
    await world.settle(2)
    await submit(anna)
    card = world.topic().messages[1]
    assert card.html.endswith("<i>Переслано от: &lt;i&gt;Друг&lt;/i&gt;</i>\nТерминал &lt;не&gt; печатает")


async def test_what_telegram_notes_while_the_form_is_open_is_no_answer(world: World) -> None:
    anna = world.customer()
    await to_description(anna)
    before = len(anna.chat.messages)
    told = {"message_auto_delete_time": 86_400}
    world.pg.post_service(anna.chat, anna.person, "message_auto_delete_timer_changed", told)
    await world.settle(2)
    assert len(anna.chat.messages) == before + 1
    await anna.say("Не печатает чеки с утра")
    anna.person.send(anna.chat, LivePhoto())
    await world.settle(2)
    await submit(anna)
    assert [message.kind for message in world.topic().messages[1:]] == ["text", "live_photo"]
