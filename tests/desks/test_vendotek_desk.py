"""The desk of Vendotek payment terminals, played by its rules ("Техническая поддержка Vendotek").

Out of reach: the client portal with its mobile application and its codes, and letters to the address that
a request came from: here the chat is the account.
"""

from playground import Document, Person, Photo
from tests.agents.seeds import colleague, press, written_below_the_card
from tests.customers.test_types import choose
from tests.desks.conftest import OpenShipped
from tests.desks.scene import (
    alarms,
    answer,
    arrive,
    asked,
    card,
    new_request,
    offered,
    rate,
    submit,
    tap,
    told,
    wait_until,
    write,
)
from tests.world import World


async def test_a_terminal_that_takes_no_cards_on_a_friday_evening(shipped: OpenShipped) -> None:
    world = await shipped("vendotek", "2026-11-27 19:30")
    anna = await arrive(world, "Русский")
    # Etiquette, and the manual before the installation.
    assert "общепринятых норм этикета" in asked(anna)
    assert "необходимо ознакомиться с инструкцией" in asked(anna)

    # Was the terminal bought with other equipment? Then ask its supplier, but whoever wants to may go on.
    await new_request(anna)
    assert asked(anna).startswith("Вы приобрели терминал Vendotek в комплекте с оборудованием?")
    await anna.press("Yes")
    assert "обращаться напрямую к Вашему поставщику" in asked(anna)
    await anna.press("Continue")

    # First of all the FAQ: four self-checks.
    assert "рекомендуем заглянуть в раздел «Частые вопросы»" in asked(anna)
    await choose(anna, "Частые вопросы")
    checks = [
        "Как проверить доступ в интернет?",
        "Как проверить настройку связи с банком?",
        "Как проверить обмен с аппаратом?",
        "Как отправить тестовые импульсы?",
    ]
    assert [label for label in offered(anna) if label in checks] == checks
    await anna.press("Continue")

    # The subject, then the serial number: twelve digits, spaces and dashes forgiven; where it stands is
    # explained.
    await answer(anna, "Не принимает карты")
    assert "Без него выяснить состояние терминала невозможно" in asked(anna)
    assert "на наклейке на корпусе терминала" in asked(anna)
    assert "Пропустить" not in offered(anna)
    await answer(anna, "12345")
    assert "В этом номере 5 цифр, а должно быть 12" in asked(anna)
    await answer(anna, "1234-5678 9012")
    # The description with what was tried; then what is optional: equipment, diagram, screenshots, photo,
    # video.
    assert "что Вы уже пробовали сделать?" in asked(anna)
    await answer(anna, "Ошибка связи. Перезагрузили, не помогло.", "Кофейный автомат, импульсное подключение")
    assert "схему подключения, снимки экрана, фото или видео" in asked(anna)
    anna.person.send_album(anna.chat, [Photo(), Photo()])
    anna.person.send(anna.chat, Document(file_name="схема.pdf"))
    await world.settle(2)
    await anna.press("Done")
    # Wrong mounting voids the warranty; with a partner the answer takes longer.
    assert "устройство снимается с гарантии" in asked(anna)
    assert "помощь других сотрудников или партнёров" in asked(anna)

    # The number; and the answer within 24 hours by the schedule of the service, from Monday to Friday, 9 to
    # 18.
    ticket = await submit(anna)
    assert told(ticket).split("\n")[:3] == [
        "Ваша заявка зарегистрирована: #1001.",
        "Сейчас нерабочее время. Начало работы: понедельник, 30 ноября, 09:00 (московское время).",
        "Срок ответа: среда, 2 декабря, 15:00 (московское время).",
    ]
    assert "Серийный номер: 123456789012" in card(ticket)
    assert "Ответить до: 02.12.2026 15:00" in card(ticket)
    assert [message.kind for message in ticket.topic.messages[2:]] == ["photo", "photo", "document"]

    # A second ticket for the same matter is discouraged: the open one is offered.
    await new_request(anna)
    await anna.press("No")
    await anna.press("Continue")
    await answer(anna, "Опять не работает", "123456789012")
    assert "вторая решения не ускорит" in asked(anna)
    await choose(anna, "Написать в #1001")
    await world.settle(2)
    assert len(world.group.topics) == 1

    # Agents are reminded before the deadline and called at the breach.
    await wait_until(world, "2026-12-02 09:05")
    assert alarms(ticket) == ["⏰ #1001 · Ответить до: 02.12.2026 15:00"]
    await wait_until(world, "2026-12-02 15:01")
    assert alarms(ticket)[1:] == ["🔥 #1001 · Просрочено! Ответить до: 02.12.2026 15:00"]

    # The whole history stays with the customer: in this chat, and below the request's number.
    await write(ticket, "Извините за ожидание. Проверьте антенну.")
    assert asked(anna) == "Извините за ожидание. Проверьте антенну."
    await tap(anna, "My requests")
    await choose(anna, next(label for label in offered(anna) if "#1001 · в работе" in label))
    history = asked(anna)
    for line in (
        "Ошибка связи. Перезагрузили, не помогло.",
        "[фото ×2]",
        "[документ]",
        "Извините за ожидание. Проверьте антенну.",
    ):
        assert line in history

    # While a partner is involved the ticket is paused, and the customer knows why.
    await write(ticket, "/postpone 07.12 12:00")
    await press(world, ticket.topic.last, "Ждём ответа партнёра")
    assert "отложена до: понедельник, 7 декабря, 12:00" in asked(anna)
    assert "Для решения нужна помощь партнёра" in asked(anna)
    await wait_until(world, "2026-12-07 12:01")
    assert "в работе" in card(ticket)

    # Solved? Silence: a reminder after two days, the close after three; then the stars.
    await press(world, ticket.card, "Решить")
    await anna.press("No, not solved")
    await anna.say("Антенна новая, не помогло")
    await world.settle(2)
    assert ticket.topic.last.text == "Антенна новая, не помогло"
    await press(world, ticket.card, "Решить")
    await wait_until(world, "2026-12-09 12:05")
    assert "Если Вы не ответите, заявка будет закрыта: четверг, 10 декабря, 12:0" in asked(anna)
    await wait_until(world, "2026-12-10 12:05")
    assert ticket.is_closed()
    await rate(ticket, 3)
    assert "Оценка: ★★★☆☆" in card(ticket)


async def test_public_holidays_and_a_moved_working_saturday_are_no_working_days(shipped: OpenShipped) -> None:
    # A decree makes Saturday, 20 February 2027, a working day instead of Monday, the 22nd. "Monday to
    # Friday": this desk stays closed on both.
    world = await shipped("vendotek", "2027-02-20 11:00")
    john = await arrive(world, "English", "John", language_code="en")
    await new_request(john)
    await john.press("No")
    await john.press("Continue")
    await answer(john, "No cards", "123456789012", "Since yesterday")
    await john.press("Skip")
    await john.press("Done")
    ticket = await submit(john)
    # Tuesday, the 23rd, is a public holiday.
    assert "We are closed now and open on Wednesday, 24 February, 09:00 (Moscow time)." in told(ticket)
    assert "We will answer by Friday, 26 February, 15:00 (Moscow time)." in told(ticket)


async def on_duty(world: World, who: Person, department: str) -> None:
    """An agent comes on duty in one of the departments."""
    who.write(world.group, f"/duty on {department}")
    await world.settle()


async def test_a_specialist_is_assigned_by_itself_and_the_terminal_goes_to_the_repair_shop(
    shipped: OpenShipped,
) -> None:
    world = await shipped("vendotek", "2026-11-25 10:00")
    peter = await colleague(world)
    inga = await colleague(world, "Инга")
    await on_duty(world, world.agent, "support")
    await on_duty(world, peter, "support")
    await on_duty(world, inga, "service")

    # Every request is registered and assigned to a specialist automatically: whoever has the least to do.
    anna = await arrive(world, "Русский")
    names = []
    for serial in ("123456789012", "123456789013", "123456789014"):
        await new_request(anna)
        await anna.press("No")
        await anna.press("Continue")
        await answer(anna, "Не включается", serial, "Экран тёмный. Питание проверили.")
        await anna.press("Skip")
        await anna.press("Done")
        ticket = await submit(anna)
        assert f"Ваша заявка зарегистрирована: #{ticket.number}." in told(ticket)
        called = written_below_the_card(world, ticket.topic)
        assert called[-1].endswith(", эта заявка назначена Вам.")
        names.append(called[-1].removesuffix(", эта заявка назначена Вам."))
    assert names == ["Ольга Смирнова", "Пётр", "Ольга Смирнова"]
    assert "#1003 · новая" in card(ticket)
    assert "Отдел: Техническая поддержка" in card(ticket)

    # It turns out to need a repair: staff move it to the service department, and its customer is told.
    await write(ticket, "Похоже, вышел из строя блок питания.")
    await press(world, ticket.card, "Передать")
    await press(world, ticket.card, "Сервисный отдел (ремонт)")
    assert "Отдел: Сервисный отдел (ремонт)" in card(ticket)
    assert "Специалист: Инга" in card(ticket)
    assert "#1003 · в работе" in card(ticket)
    assert asked(anna).startswith("Заявка #1003. Мы передали её в сервисный отдел")
    inga.write(ticket.topic, "Пришлите терминал нам.")
    await world.settle(2)
    assert "Пришлите терминал нам." in asked(anna)
    # What was promised stands: the first answer was given.
    assert "Ответить до" not in card(ticket)
