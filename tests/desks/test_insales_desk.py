"""The desk of the InSales shop platform, played by its rules ("Регламент и график работы техподдержки").

Out of reach: the back office, where requests are made as well and where owners prove who they are; sales.
"""

from tests.agents.seeds import Seed, press
from tests.customers.test_types import choose
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
    tap,
    told,
    wait_until,
)


async def test_a_header_slips_in_the_night_to_sunday(shipped: OpenShipped) -> None:
    world = await shipped("insales", "2026-11-29 02:30")
    anna = await arrive(world, "Русский")
    assert "Мы работаем круглосуточно, без выходных." in asked(anna)

    # The type comes first. Topics outside support are answered with where to go, and make no request.
    await new_request(anna)
    assert asked(anna).startswith("К какому типу относится Ваша заявка?")
    await choose(anna, "Бизнес, право, реклама и SEO")
    assert "обратитесь в отдел продаж" in asked(anna)
    assert offered(anna) == ["Назад", "Отменить"]
    assert not world.group.topics
    await anna.press("Back")

    # The knowledge base first; unrelated questions apart; long work on templates is charged extra.
    await choose(anna, "Вёрстка")
    assert "ознакомиться с базой знаний InSales" in asked(anna)
    assert "подайте по каждому отдельную заявку" in asked(anna)
    assert "оплачивается дополнительно" in asked(anna)
    await anna.press("Continue")
    # Subject, description, files.
    await answer(anna, "Съехала шапка", "После смены шаблона логотип выше меню.", "magazin.example")
    anna.person.send_photo(anna.chat)
    await world.settle(2)
    await anna.press("Done")

    # Layout: 36 hours, round the clock. No time of solution is promised, and that is said.
    ticket = await submit(anna)
    assert told(ticket).split("\n")[:2] == [
        "Ваша заявка зарегистрирована: #1001.",
        "Срок ответа: понедельник, 30 ноября, 14:30 (московское время).",
    ]
    assert "нерабочее" not in told(ticket)
    assert "Срок решения мы гарантировать не можем" in told(ticket)
    assert "Решить до" not in card(ticket)

    # Functionality: 24 hours. The night and the Sunday count, for the agents' reminders too.
    await new_request(anna, "Вопросы по функционалу")
    assert "оплачивается" not in asked(anna)
    await anna.press("Continue")
    await answer(anna, "Не приходят письма", "Со вчерашнего дня нет писем о заказах.", "magazin.example")
    await anna.press("Done")
    question = await submit(anna)
    assert "Срок ответа: понедельник, 30 ноября, 02:30 (московское время)." in told(question)

    # With the Premium tariff three hours for any type: once an agent has marked the customer, that goes for
    # what is open, with the new promise, and for what is opened from then on.
    await press(world, ticket.card, "…")
    await press(world, ticket.card, "Отметки")
    await press(world, ticket.topic.last, "☐ Тариф Премиум")
    assert "Отметки: Тариф Премиум" in card(ticket)
    for number in (1001, 1002):
        assert (
            f"Заявка #{number}: приоритет «Премиум, 3 часа».\n"
            "Срок ответа: воскресенье, 29 ноября, 05:30 (московское время)."
        ) in everything(anna)
    assert "Приоритет: Премиум, 3 часа" in card(question)
    await set_priority(question, "Приоритет", "Обычный, 24 часа")
    await new_request(anna, "Вёрстка")
    await anna.press("Continue")
    await answer(anna, "Съехал подвал", "И подвал тоже.", "magazin.example")
    await anna.press("Done")
    third = await submit(anna)
    assert "Срок ответа: воскресенье, 29 ноября, 05:30 (московское время)." in told(third)
    await wait_until(world, "2026-11-29 05:31")
    assert alarms(ticket)[-1] == "🔥 #1001 · Просрочено! Ответить до: 29.11.2026 05:30"
    await wait_until(world, "2026-11-30 01:00")
    assert alarms(question) == ["⏰ #1002 · Ответить до: 30.11.2026 02:30"]

    # "Show all my requests": with their status, and each with its conversation.
    await press(world, question.card, "Взять")
    world.agent.write(question.topic, "Проверьте, пожалуйста, папку «Спам».")
    await world.settle(2)
    await tap(anna, "My requests")
    shown = [label for label in offered(anna) if "#100" in label]
    assert len(shown) == 3
    assert any("#1001" in label and "новая" in label for label in shown)
    second = next(label for label in shown if "#1002" in label)
    assert "в работе" in second
    await choose(anna, second)
    assert "Проверьте, пожалуйста, папку «Спам»." in asked(anna)
    assert "Со вчерашнего дня нет писем о заказах." in asked(anna)

    # A solution may be delayed for one of seven reasons, and the customer is told which.
    await press(world, question.card, "Отложить")
    assert [row[0] for row in question.card.buttons[:-1]] == [
        "Нет нужной информации",
        "Не воспроизводится",
        "Несколько вопросов сразу",
        "Шаблоны темы изменены",
        "Диагностика, доработка, обновление",
        "Вне рамок поддержки",
        "Сторонний сервис",
    ]
    await press(world, question.card, "Сторонний сервис")
    await press(world, question.card, "Без срока")
    assert asked(anna).startswith("Заявка #1002 отложена.\nПричина: Вопрос относится к функционалу, который")
    await press(world, question.card, "Возобновить")
    assert asked(anna).startswith("Продолжаем работу над заявкой #1002.")
    await press(world, question.card, "Решить")
    await anna.press("Yes, solved")
    await rate(question, 5)
    assert "Оценка: ★★★★★" in card(question)


async def test_only_the_owner_has_content_deleted(shipped: OpenShipped) -> None:
    world = await shipped("insales", "2026-11-24 10:00")
    john = await arrive(world, "English", "John", language_code="en")
    # Deleting content and transferring rights: from the owner of the shop alone.
    await new_request(john)
    for kind in ("Transfer of rights", "Deleting content"):
        await choose(john, kind)
        assert "taken from the owner of the shop only" in asked(john)
        await john.press("Continue")
        assert "taken from the owner of the shop only" in asked(john)
        await john.press("Back")

    # The way there is a request of its own, by which an agent verifies the owner.
    await choose(john, "Deleting content")
    await john.press("Ask for confirmation")
    await world.settle(2)
    proof = Seed(john, world.topic(), 1001)
    assert "Your request is registered: #1001." in told(proof)
    assert "Please confirm: Owner of the shop" in card(proof)
    await new_request(john)
    assert "taken from the owner of the shop only" in asked(john)
    # Once is enough: who asks again writes to the same request.
    await john.press("Ask for confirmation")
    assert "goes to request #1001" in asked(john)
    await john.say("My back office has the number now.")
    await world.settle(2)
    assert proof.topic.last.text == "My back office has the number now."
    await press(world, proof.card, "…")
    await press(world, proof.card, "Отметки")
    await press(world, proof.topic.last, "☐ Владелец магазина")
    assert "A specialist has confirmed: Owner of the shop." in everything(john)

    # Now the form opens.
    await john.press("Continue")
    await john.press("Continue")
    await answer(john, "Old goods", "Please delete the section “Sale”.", "shop.example")
    await john.press("Done")
    assert "Type: Deleting content" in asked(john)
    deletion = await submit(john)
    assert deletion.number == 1002
    assert "Отметки: Владелец магазина" in card(deletion)
