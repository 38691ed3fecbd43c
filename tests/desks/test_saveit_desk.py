"""The desk of the SaveIT software house, played by its "Регламент оказания технической поддержки".

Out of reach: the portal, e-mail and telephone of chapter 4.1; the FAQ names them.
"""

import csv

from playground import Document
from tests.agents.seeds import colleague, press
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
    set_priority,
    share_phone,
    submit,
    told,
    wait_until,
    write,
)
from tests.world import texts


async def test_a_program_fails_before_the_new_year(shipped: OpenShipped) -> None:
    world = await shipped("saveit", "2026-12-30 16:00")
    anna = await arrive(world, "Русский")
    # 7.8: the answers to common questions are there as links. One request, one problem.
    await new_request(anna)
    assert "http://support.saveit.pro/" in asked(anna)
    assert "Частые вопросы" in offered(anna)
    assert "Одна заявка — одна проблема" in asked(anna)
    await anna.press("Continue")

    # 4: organisation in full, full name, position, telephone, e-mail, state contract if there is one, text.
    assert "полное название своей организации" in asked(anna)
    await answer(anna, "Общество с ограниченной ответственностью «Пример»", "Петрова Анна Ивановна")
    assert "Какую должность Вы занимаете?" in asked(anna)
    await answer(anna, "Системный администратор")
    assert "По какому телефону" in asked(anna)
    await share_phone(anna)
    await answer(anna, "anna@example.com")
    assert "по государственному контракту, укажите его номер" in asked(anna)
    assert "Пропустить" in offered(anna)
    await answer(anna, "0373-26", "Программа не запускается: «Ошибка подключения к базе данных».")

    # 7.6: screenshots are JPG, GIF or PNG; BMP only in a RAR or ZIP archive.
    anna.person.send(anna.chat, Document(file_name="экран.bmp", mime_type="image/bmp"))
    await world.settle(2)
    assert "только в архиве" in (anna.bots()[-2].text or "")
    assert "(RAR, ZIP)" in (anna.bots()[-2].text or "")
    anna.person.send(anna.chat, Document(file_name="экран.rar", mime_type="application/vnd.rar"))
    anna.person.send(anna.chat, Document(file_name="экран.png", mime_type="image/png"))
    await world.settle(2)
    assert "2 вложения" in asked(anna)
    assert "формат не самый удобный" not in asked(anna)
    await anna.press("Done")
    assert "Заявка считается принятой, как только Вы получите её номер." in asked(anna)

    # 6: within three working hours it is looked into. Two are left of the year; then come the public
    # holidays.
    ticket = await submit(anna)
    assert told(ticket).split("\n")[:2] == [
        "Ваша заявка зарегистрирована: #1001.",
        "Срок рассмотрения: понедельник, 11 января, 10:00 (московское время).",
    ]
    assert "Разобрать до: 11.01.2027 10:00" in card(ticket)
    assert "Приоритет:" not in card(ticket)
    for line in ("Должность: Системный администратор", "Номер госконтракта: 0373-26"):
        assert line in card(ticket)
    # In the holidays the agents are left alone; on the first morning they are reminded.
    await wait_until(world, "2027-01-08 12:00")
    assert alarms(ticket) == []
    await wait_until(world, "2027-01-11 09:20")
    assert alarms(ticket) == ["⏰ #1001 · Разобрать до: 11.01.2027 10:00"]

    # 6.1: the staff set the priority and may change it; the customer is sent the number, the priority and
    # the date. Priority 3 is five working days, priority 1 four working hours, both from the receipt of the
    # request.
    await set_priority(ticket, "Приоритет", "3 (консультация)")
    assert asked(anna) == (
        "Заявка #1001: приоритет «3 (консультация)».\n"
        "Срок решения: пятница, 15 января, 16:00 (московское время)."
    )
    await set_priority(ticket, "Приоритет", "4 (доработка)")
    assert asked(anna) == (
        "Заявка #1001: приоритет «4 (доработка)».\n"
        "Срок решения: пятница, 22 января, 16:00 (московское время)."
    )
    await set_priority(ticket, "Приоритет", "1 (не работает)")
    assert asked(anna) == (
        "Заявка #1001: приоритет «1 (не работает)».\n"
        "Срок решения: понедельник, 11 января, 11:00 (московское время)."
    )
    assert "Разобрать до" not in card(ticket)
    await wait_until(world, "2027-01-11 10:30")
    assert alarms(ticket)[1:] == ["⏰ #1001 · Решить до: 11.01.2027 11:00"]
    await wait_until(world, "2027-01-11 11:01")
    assert alarms(ticket)[2:] == ["🔥 #1001 · Просрочено! Решить до: 11.01.2027 11:00"]


async def test_an_objection_resumes_the_clock_and_a_day_of_silence_closes(shipped: OpenShipped) -> None:
    world = await shipped("saveit", "2026-11-27 10:00")
    john = await arrive(world, "English", "John", language_code="en")
    await new_request(john)
    await john.press("Continue")
    await answer(john, "Example Limited", "John Brown", "System administrator", "+7 912 345-67-89")
    # There is no state contract.
    await answer(john, "john@example.com")
    await john.press("Skip")
    await answer(john, "The program is very slow.")
    await john.press("Done")
    ticket = await submit(john)
    # Priority 2: eight working hours.
    await set_priority(ticket, "Приоритет", "2 (работает частично)")
    assert asked(john) == (
        "Request #1001: the priority is “2 (working in part)”.\n"
        "We will solve it by Friday, 27 November, 18:00 (Moscow time)."
    )

    # Completed until the customer confirms; an objection resumes the work and its clock. Six hours were
    # left at noon.
    await wait_until(world, "2026-11-27 12:00")
    await press(world, ticket.card, "Решить")
    await wait_until(world, "2026-11-27 17:00")
    await john.press("No, not solved")
    await world.settle(2)
    assert "Решить до: 30.11.2026 14:00" in card(ticket)

    # Completed again, 24 hours of silence close it: by the calendar, on a Saturday as well.
    await press(world, ticket.card, "Решить")
    await wait_until(world, "2026-11-28 16:59")
    assert not ticket.is_closed()
    await wait_until(world, "2026-11-28 17:05")
    assert ticket.is_closed()
    assert "closed" in texts(john.chat, of=world.bot)[-1]


async def test_a_solution_is_put_off_with_one_of_seven_reasons_and_a_new_date(
    shipped: OpenShipped,
) -> None:
    world = await shipped("saveit", "2026-11-23 10:00")
    anna = await arrive(world, "Русский")
    await new_request(anna)
    await anna.press("Continue")
    await answer(anna, "ООО «Пример»", "Петрова Анна Ивановна", "Бухгалтер", "+7 912 345-67-89")
    await answer(anna, "anna@example.com")
    await anna.press("Skip")
    await answer(anna, "Отчёт не выгружается.")
    await anna.press("Done")
    ticket = await submit(anna)
    await set_priority(ticket, "Приоритет", "2 (работает частично)")

    # 7.9: one of seven reasons is chosen and told. No deadline moves without a word and the new date.
    await wait_until(world, "2026-11-23 12:00")
    await press(world, ticket.card, "Отложить")
    assert len([row for row in ticket.card.buttons if row != ["Назад"]]) == 7
    await press(world, ticket.card, "Диагностика, доработка, обновление")
    await press(world, ticket.card, "На 3 рабочих дня")
    lines = asked(anna).split("\n")
    assert lines[0] == "Заявка #1001 отложена до: четверг, 26 ноября, 09:00 (московское время)."
    assert lines[1].startswith("Причина: Вопрос требует детальной диагностики, доработки функционала")
    assert lines[2].startswith("Срок решения: четверг, 26 ноября, 1")
    await wait_until(world, "2026-11-26 09:01")
    assert "#1001 · в работе" in card(ticket)
    assert alarms(ticket) == []

    # A refusal is told with its reason as well; a reasoned objection resumes the work.
    await press(world, ticket.card, "Отклонить")
    await press(world, ticket.card, "Вне рамок поддержки")
    assert "Причина: Вопрос выходит за рамки технической поддержки." in asked(anna)
    await anna.press("I object")
    await anna.say("Это входит в контракт, пункт 3.")
    await world.settle(2)
    assert ticket.topic.last.text == "Это входит в контракт, пункт 3."
    assert "#1001 · в работе" in card(ticket)

    # Completed: the customer is reminded before 24 hours of silence are over, by day.
    await press(world, ticket.card, "Решить")
    await wait_until(world, "2026-11-26 21:00")
    assert "Если Вы не ответите" not in asked(anna)
    await wait_until(world, "2026-11-27 09:00")
    await anna.press("Yes, solved")
    await world.settle(2)
    assert ticket.is_closed()
    await rate(ticket, 5, "Спасибо за терпение")
    assert "Оценка: ★★★★★ «Спасибо за терпение»" in card(ticket)


async def test_two_problems_a_new_date_and_the_journal_of_all_that_was_done(shipped: OpenShipped) -> None:
    world = await shipped("saveit", "2026-11-24 10:00")
    inga = await arrive(world, "Latviešu", "Inga", language_code="lv")
    await new_request(inga)
    await inga.press("Continue")
    await answer(inga, "SIA „Paraugs”", "Inga Ozola", "Grāmatvede", "+371 20 000 000", "inga@example.com")
    await answer(inga, "0373-26", "Neatveras oktobra pārskats.")
    await inga.press("Done")
    ticket = await submit(inga)
    await set_priority(ticket, "Приоритет", "1 (не работает)")
    assert asked(inga) == (
        "Pieteikums #1001: prioritāte „1 (nedarbojas)”.\n"
        "Risinājuma termiņš: otrdiena, 24. novembris, 14:00 (Maskavas laiks)."
    )

    # One request, one problem: an agent makes a second one of what does not belong here.
    await inga.say("Un vēl: printeris drukā tukšas lapas.")
    await world.settle(2)
    await write(ticket, "/split Printeris drukā tukšas lapas", in_reply_to=ticket.topic.last)
    await press(world, ticket.topic.last, "Готово")
    await world.settle(2)
    assert asked(inga).startswith(
        "Pieteikumā #1001 ir divas problēmas, tagad katrai ir savs pieteikums:\n"
        "#1001: Neatveras oktobra pārskats\n"
        "#1002: Printeris drukā tukšas lapas\n"
    )
    assert "Izskatīšanas termiņš: otrdiena, 24. novembris, 13:00 (Maskavas laiks)." in asked(inga)
    assert "SIA „Paraugs”" in (world.topic().messages[1].text or "")

    # 6.1: no deadline moves before the customer has read why, and by when it will be solved instead.
    await write(ticket, "/due 26.11.2026 12:00")
    assert "Сначала напишите клиенту, почему меняется срок" in (ticket.topic.last.text or "")
    assert "Решить до: 24.11.2026 14:00" in card(ticket)
    why = await write(ticket, "Kļūda ir programmā, labojumu izlaidīsim ceturtdien.")
    await write(ticket, "/due 26.11.2026 12:00", in_reply_to=why)
    assert asked(inga) == (
        "Pieteikums #1001. Risinājuma termiņš: ceturtdiena, 26. novembris, 12:00 (Maskavas laiks)."
    )
    await wait_until(world, "2026-11-24 15:00")
    assert alarms(ticket) == []

    # 5.2: half an hour is booked for a reply at least, and more where an agent says so.
    await write(ticket, "/time 1:15", in_reply_to=why)
    assert ticket.topic.last.text == "Учтено по заявке: 1 ч 15 мин"
    await write(ticket, "Labojums ir izlaists, lūdzu, atjauniniet programmu.")
    await write(ticket, "/time")
    assert ticket.topic.last.text == "Учтено по заявке: 1 ч 45 мин"
    await press(world, ticket.card, "Решить")
    await inga.press("Yes, solved")
    await rate(ticket, 5)

    # Every action and answer is documented: appendix 1.
    chief = await colleague(world, "Шеф", admin=True)
    chief.write(world.group, "/journal saveit csv 24.11.2026")
    await world.until(lambda: any(message.file for message in world.group.general))
    file = next(message.file for message in world.group.general if message.file)
    header, first, *rows = csv.reader(file.content().decode("utf-8-sig").splitlines(keepends=True))
    assert header[:4] == ["Приоритет", "Организация", "Текст обращения", "Статус заявки"]
    assert first[:3] == ["1 (не работает)", "SIA „Paraugs”", "Neatveras oktobra pārskats."]
    done = [row[5].split(" \\ ")[-1] for row in rows]
    for each in (
        "Разделено: открыта заявка #1002.",
        "Новый срок: 26.11.2026 12:00.",
        "Заказчик подтвердил решение. Закрыто.",
    ):
        assert each in done
