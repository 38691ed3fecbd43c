"""Stars after the close, a few words with them, and nobody who is kept by that from anything else."""

from pathlib import Path

import pytest

from tests.agents.desks import desk_file
from tests.agents.seeds import Seed, answered, by_bot, journal_of, leap, press, restart, says, seed
from tests.world import World

HOUR = 3600.0
QUESTION = "Как Вы оцениваете нашу помощь?"
STARS = ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"]
WORDS = "Хотите добавить несколько слов?"


async def close(world: World, anna: Seed) -> None:
    """The customer says that it is solved."""
    await press(world, anna.card, "Решить")
    await anna.customer.press("Yes, solved")
    await world.settle()


def asked(anna: Seed) -> list[list[list[str]]]:
    """The buttons of each question for stars that stands in the chat."""
    return [m.buttons for m in anna.customer.bots() if QUESTION in (m.text or "")]


async def stars(world: World, anna: Seed, label: str) -> str:
    await anna.customer.press(label)
    await world.settle()
    return (anna.customer.bots()[-1].text or "").split("\n")[0]


async def test_stars_and_a_few_words_reach_the_agents(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await close(world, anna)
    assert asked(anna) == [[STARS, ["Открыть снова"]]]
    thanks = await stars(world, anna, "4 ★")
    assert thanks == "Спасибо! Ваша оценка помощи по заявке #1001: ★★★★☆"
    assert WORDS in (anna.customer.bots()[-1].text or "")
    assert "Оценка: ★★★★☆" in (anna.card.text or "")
    assert says(world, anna.topic, "Оценка клиента: ★★★★☆")
    assert anna.is_closed()

    await anna.customer.say("Быстро, <b>но</b> не с первого раза")
    await world.settle()
    assert says(world, anna.topic, "Отзыв клиента к оценке: Быстро, <b>но</b> не с первого раза")
    assert "Оценка: ★★★★☆ «Быстро, <b>но</b> не с первого раза»" in (anna.card.text or "")
    assert "Ваш отзыв передан" in (anna.customer.bots()[-1].text or "")
    assert await journal_of(world, anna.number) == ["open", "resolve", "confirm", "rate", "rate"]
    # What comes after that is no comment any more.
    await anna.customer.say("А как обновить прошивку?")
    await world.settle()
    assert "Новая заявка" in (anna.customer.bots()[-1].text or "")
    assert anna.is_closed()


@pytest.mark.parametrize("how", ["agent", "silence"])
async def test_asked_below_the_word_of_the_close(world: World, how: str) -> None:
    john = await seed(world, "John", language_code="en")
    if how == "agent":
        await press(world, john.card, "Закрыть")
    else:
        await press(world, john.card, "Решить")
        await leap(world, 73 * HOUR, 12 * HOUR)
    said = john.customer.bots()[-1]
    assert (said.text or "").startswith("Request #1001 has been closed")
    assert (said.text or "").endswith("How would you rate our help?")
    assert said.buttons == [STARS, ["Reopen"]]
    await restart(world)
    await stars(world, john, "1 ★")
    assert says(world, john.topic, "Оценка клиента: ★☆☆☆☆")


@pytest.mark.parametrize("helped", [True, False])
async def test_who_closes_a_request_is_asked_if_somebody_has_helped(world: World, helped: bool) -> None:
    anna = await seed(world)
    if helped:
        world.agent.write(anna.topic, "Перезагрузите терминал")
        await world.settle()
    await anna.customer.say("/my")
    shown = anna.customer.chat.messages[-1]
    anna.customer.person.press(shown, shown.buttons[0][0])
    await world.settle()
    await anna.customer.press("Close request")
    await world.settle()
    assert anna.is_closed()
    assert asked(anna) == ([[STARS, ["Открыть снова"]]] if helped else [])


async def test_other_stars_replace_the_earlier_and_skip_ends_it(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    await stars(world, anna, "1 ★")
    assert await stars(world, anna, "5 ★") == "Спасибо! Ваша оценка помощи по заявке #1001: ★★★★★"
    assert "Оценка: ★★★★★" in (anna.card.text or "")
    assert await anna.customer.press("5 ★") == "Такая оценка уже стоит. Спасибо!"
    await anna.customer.press("Skip")
    await world.settle()
    assert WORDS not in (anna.customer.bots()[-1].text or "")
    await anna.customer.say("Опять сломалось")
    await world.settle()
    assert not says(world, anna.topic, "Отзыв")
    assert await journal_of(world, anna.number) == ["open", "resolve", "confirm", "rate", "rate"]


async def test_stars_of_a_request_that_is_open_again(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    question = anna.customer.bots()[-1]
    data = question.button("5 ★")["callback_data"]
    await stars(world, anna, "2 ★")
    await anna.customer.press("Reopen")
    await world.settle()
    assert "Оценка" not in (anna.card.text or "")
    told = await answered(world, anna.customer.person.press_data(question, data))
    assert told.text == "Эта заявка снова открыта. Оценить помощь можно будет, когда она будет закрыта."
    # Closed once more there is another question, and the earlier stars count no more.
    await close(world, anna)
    assert "Оценка" not in (anna.card.text or "")
    await stars(world, anna, "5 ★")
    assert "Оценка: ★★★★★" in (anna.card.text or "")


async def test_buttons_that_fit_nothing(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    eve = world.customer("Eve", language_code="en")
    await eve.say("hi")
    for data in ("st:1001:5", "st:9:5", "st:1001:0"):
        told = await answered(world, eve.person.press_data(eve.bots()[-1], data))
        assert told.text == "This is not one of your requests.", data
    shown = anna.customer.bots()[-1]
    for data in ("st:1001:6", "st:1001:-1", "st:1001:0", "st:1001:x", "st:x:1"):
        assert (await answered(world, anna.customer.person.press_data(shown, data))).text, data
    assert await journal_of(world, anna.number) == ["open", "resolve", "confirm"]


async def test_whoever_begins_a_request_writes_no_comment(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    await stars(world, anna, "3 ★")
    await anna.customer.say("/new")
    await anna.customer.agree()
    await anna.customer.press("No")
    await anna.customer.press("Continue")
    await anna.customer.say("Другой терминал")
    await world.settle()
    assert not says(world, anna.topic, "Отзыв")
    assert "серийный номер" in (anna.customer.bots()[-1].text or "").lower()
    # Stars in the middle of a form are taken and ask for nothing more.
    await anna.customer.press("4 ★")
    await world.settle()
    assert says(world, anna.topic, "Оценка клиента: ★★★★☆")
    assert not says(world, anna.customer.chat, WORDS)
    await anna.customer.say("123456789012")
    await world.settle()
    assert not says(world, anna.topic, "Отзыв")


async def test_words_that_come_much_later_or_as_a_picture_are_no_comment(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    await stars(world, anna, "3 ★")
    anna.customer.person.send_photo(anna.customer.chat, "Вот")
    await world.settle()
    assert "Новая заявка" in (anna.customer.bots()[-1].text or "")
    await stars(world, anna, "2 ★")
    await leap(world, 2 * HOUR)
    await anna.customer.say("Здравствуйте!")
    await world.settle()
    assert not says(world, anna.topic, "Отзыв")


async def test_who_has_blocked_the_bot_is_not_asked_and_a_long_comment_is_cut(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    world.agent.write(anna.topic, "Готово")
    await world.settle()
    await press(world, anna.card, "Закрыть")
    anna.customer.person.start(world.bot)
    await world.settle()
    assert says(world, anna.customer.chat, "Специалист закрыл заявку #1001.")
    assert not asked(anna)

    boris = await seed(world, "Борис")
    await close(world, boris)
    await stars(world, boris, "5 ★")
    await boris.customer.say("🚀" * 2000)
    await world.settle()
    assert says(world, boris.topic, "🚀" * 1700)
    assert not says(world, boris.topic, "🚀" * 1800)
    assert "🚀…»" in (boris.card.text or "")


async def test_a_desk_that_asks_for_no_stars(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, "rating = false"))
    await world.start()
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    assert anna.customer.bots()[-1].buttons == [["Открыть снова"]]
    click = anna.customer.person.press_data(anna.customer.bots()[-1], "st:1001:5")
    assert (await answered(world, click)).text == "Эта кнопка больше не действует."
    assert by_bot(world, anna.customer.chat) == ["Специалист закрыл заявку #1001."]
    await world.close()
