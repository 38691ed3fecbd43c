"""The desk of WAVIoT smart meters, played by its regulation ("Регламент работы отдела техподдержки WAVIoT").

Out of reach: requests by e-mail and telephone, which the rules take as well; the bot names both.
"""

from playground import Document
from tests.agents.seeds import press
from tests.desks.conftest import OpenShipped
from tests.desks.scene import (
    alarms,
    answer,
    arrive,
    asked,
    card,
    everything,
    new_request,
    offered,
    rate,
    set_priority,
    submit,
    told,
    wait_until,
    write,
)


async def test_a_meter_that_sends_no_readings_on_a_friday_evening(shipped: OpenShipped) -> None:
    world = await shipped("waviot", "2026-11-27 17:00")
    anna = await arrive(world, "Русский")
    # Only this chat and the e-mail are official channels.
    assert "Официальными считаются только заявки, поданные в этом чате" in asked(anna)

    # A question about a device: its ID and its serial number, and nobody goes on without them.
    await new_request(anna, "Неполадки в работе устройства")
    assert "Укажите ID устройства" in asked(anna)
    assert "Пропустить" not in offered(anna)
    await answer(anna, "7a-03-f5")
    assert "серийный номер" in asked(anna)
    await answer(anna, "01234567")

    # Always a description; steps to reproduce and a link to the object, if possible.
    await answer(anna, "С понедельника счётчик не передаёт показания.")
    assert "Как воспроизвести проблему?" in asked(anna)
    await anna.press("Skip")
    assert "ссылку на проблемный объект" in asked(anna)
    await answer(anna, "lk.waviot.ru/object/7")

    # Who the customer is: e-mail, client's name, login.
    await answer(anna, "anna@example.com", "АО «Пример Энерго»", "anna")

    # Screenshots are JPG, GIF, PNG or BMP; others are taken with a hint.
    for name, kind in (("экран.gif", "image/gif"), ("экран.bmp", "image/bmp")):
        anna.person.send(anna.chat, Document(file_name=name, mime_type=kind))
    await world.settle(2)
    assert "2 вложения" in asked(anna)
    assert "формат не самый удобный" not in asked(anna)
    anna.person.send(anna.chat, Document(file_name="схема.tiff", mime_type="image/tiff"))
    await world.settle(2)
    assert "формат не самый удобный для специалистов: схема.tiff" in asked(anna)
    await anna.press("Done")

    # The user is found by these three, so they are to be checked; a request counts only once it has its
    # number.
    assert "проверьте электронную почту, наименование клиента и логин" in asked(anna)
    assert "считается принятой только тогда, когда Вы получите её номер" in asked(anna)
    assert "зарегистрирована" not in everything(anna)
    ticket = await submit(anna)
    assert "Ваша заявка зарегистрирована: #1001." in told(ticket)

    # The kind decides: faults of devices are of high urgency, five working hours. One is left of Friday.
    assert "Приоритет: Высокий" in card(ticket)
    assert "Срок ответа: понедельник, 30 ноября, 13:00 (московское время)." in told(ticket)
    for line in ("ID устройства: 7A03F5", "Серийный номер: 01234567", "Логин в системе: anna"):
        assert line in card(ticket)

    # An agent may change it. Low urgency is agreed with the customer: no deadline until an agent sets one.
    await set_priority(ticket, "Приоритет", "Низкий")
    assert asked(anna) == "Заявка #1001: приоритет «Низкий».\nСрок специалист согласует с Вами."
    assert "Ответить до" not in card(ticket)
    # Critical: three working hours from the moment it came, also when it became critical only now.
    await set_priority(ticket, "Приоритет", "Критический")
    assert asked(anna) == (
        "Заявка #1001: приоритет «Критический».\n"
        "Срок ответа: понедельник, 30 ноября, 11:00 (московское время)."
    )
    assert "Ответить до: 30.11.2026 11:00" in card(ticket)

    # Agents are reminded before the deadline and called at the breach, neither at the weekend.
    await wait_until(world, "2026-11-29 12:00")
    assert alarms(ticket) == []
    await wait_until(world, "2026-11-30 10:30")
    assert alarms(ticket) == ["⏰ #1001 · Ответить до: 30.11.2026 11:00"]
    await wait_until(world, "2026-11-30 11:01")
    assert alarms(ticket)[1:] == ["🔥 #1001 · Просрочено! Ответить до: 30.11.2026 11:00"]


async def test_each_kind_asks_its_own_and_a_known_customer_less(shipped: OpenShipped) -> None:
    world = await shipped("waviot", "2026-11-24 10:00")
    john = await arrive(world, "English", "John", language_code="en")

    # Access: a link to the tree element; full name, e-mail and phone of the person responsible.
    await new_request(john, "Access to WAVIoT services")
    await answer(john, "https://lk.waviot.ru/tree/42", "Mary Ann Brown", "mary@example.com")
    assert "telephone number of the person responsible" in asked(john)
    await answer(john, "+7 912 345-67-89", "She is new here and needs to read the meters.")
    await answer(john, "john@example.com", "Example Energy Ltd")
    # Whoever asks for access may have no login yet.
    assert "What is your login" in asked(john)
    await john.press("Skip")
    await john.press("Done")
    ticket = await submit(john)
    # Access is critical: three working hours.
    assert "by Tuesday, 24 November, 13:00 (Moscow time)" in told(ticket)
    assert "Mary Ann Brown" in card(ticket)
    assert "mary@example.com" in card(ticket)

    # A station: its number. Who the customer is, is known by now.
    await new_request(john, "A base station does not work properly")
    assert "number of the base station" in asked(john)
    await answer(john, "1024", "The station is off line.")
    await john.press("Skip")
    await john.press("Skip")
    # A fault needs a login, and there was none.
    assert "What is your login" in asked(john)
    await answer(john, "john")
    await john.press("Done")
    for line in ("E-mail: john@example.com", "Client's name: Example Energy Ltd", "Login: john"):
        assert line in asked(john)
    station = await submit(john)
    assert "by Tuesday, 24 November, 15:00 (Moscow time)" in told(station)

    # Trouble with API links is of medium urgency: fifteen working hours, so to the afternoon of the next day.
    await new_request(john, "Trouble with API links")
    await answer(john, "The link answers with an error.", "1. Open the link. 2. See the error.")
    await john.press("Skip")
    await john.press("Done")
    link = await submit(john)
    assert "by Wednesday, 25 November, 16:00 (Moscow time)" in told(link)
    assert "Приоритет: Средний" in card(link)

    # A form of report that is not standard is of low urgency, so the deadline is agreed with an agent.
    await new_request(john, "Non-standard report form")
    await answer(john, "A column for the night tariff, please.")
    await john.press("Skip")
    await john.press("Done")
    report = await submit(john)
    assert told(report).split("\n")[:2] == [
        "Your request is registered: #1004.",
        "A specialist will agree the deadline with you.",
    ]
    assert "Ответить до" not in card(report)

    # An agent agrees it: first with the customer, then in so many words, and from then on it is watched.
    agreed = await write(report, "We can add the column by the middle of December. Will that do?")
    await john.say("Yes, thank you.", reply_to=john.bots()[-1])
    await write(report, "/due 15.12.2026 18:00", in_reply_to=agreed)
    assert asked(john) == "Request #1004: we will solve it by Tuesday, 15 December, 18:00 (Moscow time)."
    assert "Решить до: 15.12.2026 18:00" in card(report)
    await wait_until(world, "2026-12-14 12:00")
    assert alarms(report) == ["⏰ #1004 · Решить до: 15.12.2026 18:00"]

    # Resolved, asked, confirmed, rated.
    await write(report, "The column is there. Please have a look.")
    await press(world, report.card, "Решить")
    assert asked(john).startswith("The specialist considers request #1004 resolved")
    assert asked(john).endswith("Is the problem solved?")
    await john.press("Yes, solved")
    await rate(report, 4)
    assert report.is_closed()
    assert "Оценка: ★★★★☆" in card(report)
