"""The desk of a mobile operator's subscribers, played by the account of it ("Служба поддержки Мегафон").

Out of reach: the telephone numbers, the short message to 0500 and the office; the bot names them. A check
of passports: whatever needs one is consultation only.
"""

from tests.agents.seeds import press
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
    share_phone,
    submit,
    told,
    wait_until,
    write,
)


async def test_no_network_abroad_on_a_saturday_night(shipped: OpenShipped) -> None:
    world = await shipped("megafon", "2026-11-28 23:15")
    anna = await arrive(world, "Русский")
    # The numbers to call: from a number of the operator's own, from any telephone, from abroad.
    for number in ("0500", "8 800 5500 500", "79261110500"):
        assert number in asked(anna)

    # Anything that needs a passport is consultation only: the office does the rest.
    await new_request(anna, "Договор, номер, сим-карта")
    assert "здесь мы можем только проконсультировать" in asked(anna)
    assert "в ближайшем офисе Мегафон" in asked(anna)
    await anna.press("Back")

    # Self-help first.
    await choose(anna, "Роуминг")
    assert "Многое можно решить самостоятельно" in asked(anna)
    assert "паспорт," not in asked(anna)
    await choose(anna, "Частые вопросы")
    await choose(anna, "Как связаться с Вами из-за границы?")
    assert "79261110500: звонок бесплатный" in everything(anna)
    await anna.press("I still need help")

    # The form as on the operator's site: surname, telephone, description, contact details.
    assert "Укажите свою фамилию" in asked(anna)
    await answer(anna, "Петрова")
    assert "О каком номере телефона идёт речь?" in asked(anna)
    await share_phone(anna)
    await answer(anna, "С утра в Риге не работает мобильный интернет.")
    assert "Как ещё с Вами можно связаться?" in asked(anna)
    assert "Пропустить" in offered(anna)
    await answer(anna, "anna@example.com")
    await anna.press("Done")

    # An answer within 24 hours, by the calendar; roaming raises the priority.
    ticket = await submit(anna)
    assert told(ticket).split("\n")[:2] == [
        "Ваша заявка зарегистрирована: #1001.",
        "Срок ответа: воскресенье, 29 ноября, 23:15 (московское время).",
    ]
    assert "нерабочее" not in told(ticket)
    assert "Приоритет: Повышенный" in card(ticket)
    assert "Фамилия: Петрова" in card(ticket)

    # Agents are reminded on Sunday too, and called at the breach.
    await wait_until(world, "2026-11-29 17:20")
    assert alarms(ticket) == ["⏰ #1001 · Ответить до: 29.11.2026 23:15"]
    await wait_until(world, "2026-11-29 23:16")
    assert alarms(ticket)[1:] == ["🔥 #1001 · Просрочено! Ответить до: 29.11.2026 23:15"]

    # The answer, in the night too; it turns out to need a passport, so the rest is the office's.
    await write(ticket, "/canned roaming")
    assert "какую сеть показывает телефон" in asked(anna)
    await anna.say("LMT. И заодно перепишите номер на мужа.")
    await press(world, ticket.card, "Отклонить")
    await press(world, ticket.card, "Нужен паспорт, только в офисе")
    assert "Для этого нужен паспорт: обратитесь, пожалуйста, в ближайший офис Мегафон." in asked(anna)
    # The passport was not the matter: whoever objects says why, and the work goes on to the answer.
    await anna.press("I object")
    await anna.say("Про интернет Вы не ответили.")
    await world.settle(2)
    assert "#1001 · в работе" in card(ticket)
    await write(ticket, "Включите «Передачу данных в роуминге» в настройках телефона.")
    await press(world, ticket.card, "Решить")
    await anna.press("Yes, solved")
    await rate(ticket, 4, "Интернет заработал")
    assert ticket.is_closed()
    assert "Оценка: ★★★★☆ «Интернет заработал»" in card(ticket)


async def test_a_question_about_a_tariff_has_the_usual_priority(shipped: OpenShipped) -> None:
    world = await shipped("megafon", "2026-11-24 10:00")
    john = await arrive(world, "English", "John", language_code="en")
    await new_request(john, "Tariffs")
    await john.press("Continue")
    await answer(john, "Brown", "8 912 345-67-89", "Is there a plan without calls?")
    await john.press("Skip")
    await john.press("Done")
    assert "Telephone: +7 912 345-67-89" in asked(john)
    ticket = await submit(john)
    assert "We will answer by Wednesday, 25 November, 10:00 (Moscow time)." in told(ticket)
    assert "Приоритет: Обычный" in card(ticket)
    # The subject is made of the description, and says all of it; edited, it does no longer.
    assert card(ticket).count("Is there a plan without calls?") == 1
    typed = next(m for m in john.chat.messages if m.text == "Is there a plan without calls?")
    john.person.edit(typed, "Is there a plan without calls? And for how much?")
    await world.settle(2)
    assert card(ticket).count("Is there a plan without calls?") == 2
    assert "And for how much?" in card(ticket)
    # An agent who learns that the customer is abroad raises it; the day that was promised stays.
    await set_priority(ticket, "Приоритет", "Повышенный")
    assert asked(john) == (
        "Request #1001: the priority is “High”.\n"
        "We will answer by Wednesday, 25 November, 10:00 (Moscow time)."
    )
