"""Resolved: "Solved?", then a Yes, a No, another message, or silence."""

from tests.agents.seeds import by_bot, journal_of, leap, press, restart, says, seed
from tests.world import World, texts

HOUR = 3600.0
# What the vendotek profile says.
SILENCE = 72 * HOUR


async def test_silence_closes_after_the_profiles_hours(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await leap(world, SILENCE - HOUR, 24 * HOUR)
    assert not anna.is_closed()
    await leap(world, HOUR + 10)
    assert anna.is_closed()
    assert "закрыта" in (anna.card.text or "")
    assert by_bot(world, anna.customer.chat)[-1].startswith("Заявка #1001 закрыта")
    assert await journal_of(world, anna.number) == ["open", "resolve", "closing", "expire"]


async def test_silence_counts_through_a_restart(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await world.stop()
    await leap(world, SILENCE + HOUR, 100 * HOUR)
    await world.start()
    await world.settle(10)
    assert anna.is_closed()


async def test_a_no_that_waited_at_telegram_beats_the_timer(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    question = await anna.customer.sees("Проблема решена?")
    await leap(world, SILENCE - 2 * HOUR, 24 * HOUR)
    await world.stop()
    anna.customer.person.press(question, "Нет, не решено")
    await leap(world, 3 * HOUR)
    await world.start()
    await world.settle(30)
    assert await journal_of(world, anna.number) == ["open", "resolve", "closing", "object"]
    assert not anna.is_closed()


async def test_a_yes_closes(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await anna.customer.press("Yes, solved")
    await world.settle()
    assert anna.is_closed()
    await leap(world, SILENCE + HOUR, 100 * HOUR)
    assert await journal_of(world, anna.number) == ["open", "resolve", "confirm"]


async def test_another_message_is_relayed_and_the_question_asked_again(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    anna.customer.write("Спасибо!")
    await world.settle()
    assert anna.topic.last.text == "Спасибо!"
    asked = [text for text in by_bot(world, anna.customer.chat) if "Проблема решена?" in text]
    assert len(asked) == 2
    await leap(world, SILENCE + HOUR, 100 * HOUR)
    assert anna.is_closed()


async def test_an_old_question_answered_twice(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    question = await anna.customer.sees("Проблема решена?")
    data = question.button("Да, решено")["callback_data"]
    await anna.customer.press("Yes, solved")
    click = anna.customer.person.press_data(question, data)
    await world.until(lambda: click.result is not None)
    await world.settle()
    assert await journal_of(world, anna.number) == ["open", "resolve", "confirm"]


async def test_a_strangers_yes_closes_nothing(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    question = await anna.customer.sees("Проблема решена?")
    eve = world.customer("Eve", language_code="en")
    await eve.say("hi")
    data = question.button("Да, решено")["callback_data"]
    click = eve.person.press_data(eve.bots()[-1], data)
    await world.until(lambda: click.result is not None)
    await world.settle()
    assert await journal_of(world, anna.number) == ["open", "resolve"]


async def test_an_answer_to_a_closed_ticket_is_relayed_too(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    world.group.promote(world.agent)
    late = world.agent.write(anna.topic, "И ещё: обновите прошивку")
    await world.settle()
    assert "И ещё: обновите прошивку" in texts(anna.customer.chat)
    assert late.reactions


async def test_the_question_after_a_restart(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await restart(world)
    await anna.customer.press("No, not solved")
    await world.settle()
    assert says(world, anna.customer.chat, "продолжа") or says(world, anna.customer.chat, "#1001")
    assert await journal_of(world, anna.number) == ["open", "resolve", "object"]
