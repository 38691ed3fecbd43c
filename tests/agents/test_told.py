"""What a customer did besides writing: the agents read of it in one line, and no oftener than they need."""

from datetime import timedelta

from playground import Fault, Photo, SeenMessage, Slow, TooMany
from tests.agents.seeds import by_bot, open_ticket, press, really
from tests.agents.sides import Side
from tests.world import Customer, World

EDITED = "Клиент изменил это сообщение."
CLOSED = "Клиент закрыл заявку."
SOLVED = "Клиент подтвердил, что проблема решена, заявка закрыта."


def _remarks(side: Side, words: str = EDITED) -> list[SeenMessage | None]:
    """What each line with these words replies to, in order."""
    return [m.reply_to for m in side.place.messages if m.sender is side.world.bot and words in (m.text or "")]


def _shown(side: Side, text: str) -> SeenMessage:
    return next(m for m in side.place.messages if m.sender is side.world.bot and m.text == text)


async def _look_at(customer: Customer, number: int) -> None:
    """Open a request in My requests."""
    customer.write("/my")
    await customer.world.settle()
    message = customer.bots()[-1]
    label = next(row[0] for row in message.buttons if row[0].startswith(f"#{number} "))
    customer.person.press(message, label)
    await customer.world.settle()


# Edits.


async def test_an_edit_of_what_was_shown_is_one_line_below_the_copy(any_side: Side) -> None:
    side, world, person = any_side, any_side.world, any_side.customer.person
    asked = side.customer.write("Не рабтает")
    album = person.send_album(side.customer.chat, [Photo(), Photo()], "Экрн")
    await world.settle()
    copy = _shown(side, "Не рабтает")
    pictures = _shown(side, "Экрн")
    for text in ("Не работает", "Не работает с утра", "Не работает со вчера"):
        person.edit(asked, text)
        await world.settle(2)
    assert copy.text == "Не работает со вчера"
    assert not _remarks(side)
    await world.settle(20)
    assert _remarks(side) == [copy]

    person.edit(asked, "Не работает никогда")
    person.edit(album[0], "Экран")
    await world.settle(20)
    assert pictures.text == "Экран"
    assert _remarks(side) == [copy, copy, pictures]
    # Telegram tells of edits that change nothing one can see.
    person.edit(album[0], "Экран")
    await world.settle(20)
    assert len(_remarks(side)) == 3


async def test_an_edit_of_what_nobody_was_shown_yet_is_no_news(side: Side) -> None:
    world, person = side.world, side.customer.person
    world.pg.faults.add(Fault("sendMessage", TooMany(30), world.group.id))
    first, second = side.customer.write("рас"), side.customer.write("дфа")
    await world.settle(5)
    person.edit(first, "раз")
    person.edit(second, "два")
    await world.settle(60)
    assert "раз\nдва" in by_bot(world, side.place)
    # Behind one that is under way.
    slow = world.pg.faults.add(Fault("sendMessage", Slow(20, applied_first=False), world.group.id))
    side.customer.write("три")
    fourth = side.customer.write("читыре")
    await really(world, lambda: slow.struck == 1)
    person.edit(fourth, "четыре")
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    world.clock.move_to(world.clock.now() + timedelta(seconds=21))
    await world.settle(30)
    assert by_bot(world, side.place)[-2:] == ["три", "четыре"]
    assert not _remarks(side)


async def test_a_description_that_is_edited_after_it_was_submitted(world: World) -> None:
    anna = world.customer()
    topic = await anna.open_ticket()
    side = Side(world, anna, topic, topic.messages[1])
    description = next(m for m in anna.chat.messages if m.text == "Со вчерашнего дня ошибка связи")
    anna.person.edit(description, "Со вчерашнего дня ошибка 500")
    await world.settle(20)
    assert "ошибка 500" in (side.card.text or "")
    assert _remarks(side, "Клиент изменил описание.") == [side.card]


# Closing.


async def test_closing_and_confirming(any_side: Side) -> None:
    side, world = any_side, any_side.world
    await _look_at(side.customer, 1001)
    await side.customer.press("Close request")
    await world.settle()
    assert len(_remarks(side, CLOSED)) == 1
    assert "закрыта" in (side.card.text or "")

    await side.customer.press("Reopen")
    await world.settle()
    await press(world, side.card, "Решить")
    await side.customer.press("Yes, solved")
    await world.settle()
    assert len(_remarks(side, SOLVED)) == 1

    # What an agent does needs no telling.
    await press(world, side.card, "Открыть снова")
    await press(world, side.card, "Закрыть")
    await world.settle()
    assert len(_remarks(side, CLOSED)) == 1
    assert len(_remarks(side, SOLVED)) == 1


# Language.


async def _choose(customer: Customer, name: str) -> None:
    customer.write("/language")
    await customer.world.settle()
    await customer.choose_language(name)
    await customer.world.settle()


async def test_another_language_is_told_in_each_open_thread(side: Side) -> None:
    world, anna = side.world, side.customer
    await open_ticket(world, anna)
    await world.settle()
    first, second = (Side(world, anna, topic, topic.messages[1]) for topic in world.group.topics)
    await press(world, second.card, "Закрыть")
    words = "Клиент выбрал другой язык: {}. Дальше, пожалуйста, пишите на нём."

    await _choose(anna, "English")
    await _choose(anna, "English")
    assert len(_remarks(first, words.format("английский"))) == 1
    assert "язык: английский" in (first.card.text or "")
    assert not _remarks(second, "выбрал другой язык")

    await press(world, second.card, "Открыть снова")
    await _choose(anna, "Latviešu")
    for thread in (first, second):
        assert len(_remarks(thread, words.format("латышский"))) == 1


async def test_a_language_is_no_news_while_nothing_is_open(world: World) -> None:
    anna = world.customer()
    await anna.choose_language("Русский")
    await _choose(anna, "English")
    assert not world.group.topics
    assert not by_bot(world, world.group)
