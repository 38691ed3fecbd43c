"""The card: Take, Release, Resolve, Close, Reopen, and what customer, card and topic show of it."""

from tests.agents.seeds import answered, by_bot, journal_of, press, says, seed, ticket_of
from tests.world import World

NEW = [["Взять", "Решить"], ["Ждать клиента", "Отложить"], ["Закрыть", "Шаблоны"], ["…"]]
TAKEN = [["Решить", "Ждать клиента"], ["Отложить", "Закрыть"], ["Шаблоны", "…"]]


async def test_take_and_release(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    before = len(anna.customer.chat.messages)
    assert anna.card.buttons == NEW

    assert await press(world, anna.card, "Взять") == "#1001: выполнено"
    assert "#1001 · в работе" in (anna.card.text or "")
    assert "Специалист: Ольга Смирнова" in (anna.card.text or "")
    assert anna.card.buttons == TAKEN

    await press(world, anna.card, "…")
    assert anna.card.buttons == [["Снять с себя", "Отклонить"], ["Назначить", "Передать"], ["Назад"]]
    await press(world, anna.card, "Снять с себя")
    assert "Специалист:" not in (anna.card.text or "")
    assert anna.card.buttons == NEW
    assert len(anna.customer.chat.messages) == before
    assert await journal_of(world, anna.number) == ["open", "take", "release"]


async def test_resolve_asks_the_customer_who_objects(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    assert "решена" in (anna.card.text or "")
    assert anna.card.buttons == [["Закрыть", "Открыть снова"], ["Шаблоны"]]
    assert not anna.is_closed()
    await anna.customer.sees("Проблема решена?")

    await anna.customer.press("No, not solved")
    await world.settle()
    assert "в работе" in (anna.card.text or "")
    assert not anna.is_closed()
    await anna.customer.say("Всё ещё не печатает")
    await world.settle()
    assert anna.topic.last.text == "Всё ещё не печатает"


async def test_close_and_reopen_by_an_agent(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    assert anna.is_closed()
    assert "закрыта" in (anna.card.text or "")
    assert anna.card.buttons == [["Открыть снова"]]
    assert says(world, anna.customer.chat, "#1001")
    assert anna.customer.with_button("Открыть снова")

    await press(world, anna.card, "Открыть снова")
    assert not anna.is_closed()
    assert "в работе" in (anna.card.text or "")
    assert len(by_bot(world, anna.customer.chat)) == 2


async def test_reopened_by_the_customer(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    await anna.customer.press("Reopen")
    await world.settle()
    assert not anna.is_closed()
    assert (await ticket_of(world, anna.number)).state == "in_progress"


async def test_two_agents_press_take_at_once(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    peter = world.pg.add_person("Пётр")
    world.group.join(peter)
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, "Взять")
        second = peter.press(anna.card, "Взять")
    await world.until(lambda: first.result and second.result)
    await world.settle()
    assert first.result is not None
    assert second.result is not None
    assert first.result.text == "#1001: выполнено"
    assert second.result.text == "Этой заявкой уже занимается Ольга Смирнова."
    assert second.result.show_alert
    assert "Специалист: Ольга Смирнова" in (anna.card.text or "")
    assert await journal_of(world, anna.number) == ["open", "take"]


async def test_ten_presses_are_one_change(world: World) -> None:
    anna = await seed(world)
    world.pg.calls.clear()
    with world.pg.hold_updates():
        clicks = [world.agent.press(anna.card, "Решить") for _ in range(10)]
    await world.until(lambda: all(click.result for click in clicks))
    await world.settle()
    assert await journal_of(world, anna.number) == ["open", "resolve"]
    assert len(by_bot(world, anna.customer.chat)) == 1
    assert [call.method for call in world.pg.calls].count("editMessageText") <= 2


async def test_a_button_of_a_card_that_is_behind(world: World) -> None:
    anna = await seed(world)
    resolve = anna.card.button("Решить")["callback_data"]
    await press(world, anna.card, "Закрыть")
    click = world.agent.press_data(anna.card, resolve)
    await world.until(lambda: click.result is not None)
    await world.settle()
    assert click.result is not None
    assert click.result.text
    assert (await ticket_of(world, anna.number)).state == "closed"


async def test_buttons_of_no_ticket_and_no_action(world: World) -> None:
    anna = await seed(world)
    for data in ("t:take:999", "t:explode:1001", "t:expire:1001", "retry:77", "t:x", "nonsense"):
        click = world.agent.press_data(anna.card, data)
        assert (await answered(world, click)).text, data
    assert await journal_of(world, anna.number) == ["open"]


async def test_the_first_answer_takes_the_ticket(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "Смотрим")
    await world.settle()
    assert "Специалист: Ольга Смирнова" in (anna.card.text or "")


async def test_many_changes_cost_one_edit_of_the_card(world: World) -> None:
    anna = await seed(world)
    world.pg.calls.clear()
    with world.pg.hold_updates():
        for label in ("Взять", "Решить", "Закрыть"):
            world.agent.press(anna.card, label)
    await world.settle()
    edits = [call for call in world.pg.calls if call.method == "editMessageText"]
    assert len(edits) == 1
    assert anna.is_closed()


async def test_a_name_as_long_as_telegram_lets_it_be(world: World) -> None:
    rocket = await seed(world, "🚀" * 64, last_name="🚀" * 64)
    assert rocket.topic.name.startswith("#1001 · 123456789012 · 🚀")
    assert "🚀" * 64 in (rocket.card.text or "")


async def test_a_description_of_many_two_unit_characters_fits(world: World) -> None:
    ivan = world.customer("Иван")
    topic = await ivan.open_ticket(description="🚀" * 2048)
    assert any(message.text == "🚀" * 2048 for message in topic.messages), world.report()
    assert any("#1001" in (message.text or "") for message in topic.messages)


async def test_a_description_edited_after_submission_shows_on_the_card(world: World) -> None:
    ivan = world.customer("Иван")
    topic = await ivan.open_ticket(description="Не рабтает")
    typed = next(message for message in ivan.chat.messages if message.text == "Не рабтает")
    ivan.person.edit(typed, "Не работает")
    await world.settle()
    assert "Не работает" in (topic.messages[1].text or "")


async def test_a_long_description_follows_the_card_and_can_be_replied_to(world: World) -> None:
    ivan = world.customer("Иван")
    long = "о" * 4096
    topic = await ivan.open_ticket(description=long)
    follow = next(message for message in topic.messages if message.text == long)
    world.agent.write(topic, "Понятно", reply_to=follow)
    await world.settle()
    answer = next(message for message in ivan.bots() if message.text == "Понятно")
    assert answer.reply_to is not None
    assert answer.reply_to.text == long


async def test_a_description_that_outgrows_the_card_follows_it_from_then_on(world: World) -> None:
    ivan = world.customer("Иван")
    topic = await ivan.open_ticket(description="Не рабтает")
    typed = next(message for message in ivan.chat.messages if message.text == "Не рабтает")
    for text in ("о" * 4000, "Не работает"):
        ivan.person.edit(typed, text)
        await world.settle()
        card, follow = topic.messages[1:]
        assert follow.text == text
        assert len(card.text or "") < 4096
    world.agent.write(topic, "Понятно", reply_to=follow)
    await world.settle()
    assert ivan.bots()[-1].reply_to is typed


async def test_captions_take_no_room_from_the_description(world: World) -> None:
    ivan = world.customer("Иван")
    description, caption = "о" * 2900, "п" * 1000
    topic = await ivan.open_ticket(
        description=description, attach=lambda chat: ivan.person.send_photo(chat, caption)
    )
    card, photo = topic.messages[1:]
    assert description in (card.text or "")
    assert photo.text == caption
