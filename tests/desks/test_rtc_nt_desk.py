"""The desk of RTC-NT telephone exchanges, played by its rules ("Порядок обращения и формирования заявок").

Out of reach: the hotline of the contract, a telephone; the bot points to it.
"""

from playground import Document
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
    submit,
    tap,
    told,
    wait_until,
    write,
)


async def test_a_route_fails_on_a_saturday_night(shipped: OpenShipped) -> None:
    world = await shipped("rtc_nt", "2026-11-28 21:00")
    anna = await arrive(world, "Русский")
    # With every new problem a new request, not a letter to a specialist one knows.
    assert "С каждой новой проблемой, пожалуйста, создавайте новую заявку" in asked(anna)

    # Two kinds of request. With a problem, remote access speeds the solution up, limited to address and
    # ports.
    await new_request(anna)
    assert offered(anna)[:2] == ["Проблема", "Консультация"]
    await choose(anna, "Проблема")
    assert "Удалённый доступ через интернет поможет решить проблему значительно быстрее" in asked(anna)
    assert "только с нашего IP-адреса и только к тем портам" in asked(anna)
    await anna.press("Continue")

    # The first contact: the company, which is required, and the contract, if it is known.
    assert "Как называется Ваша компания?" in asked(anna)
    assert "Пропустить" not in offered(anna)
    await answer(anna, "ООО «Пример Телеком»")
    assert "номер действующего договора" in asked(anna)
    assert "Пропустить" in offered(anna)
    await answer(anna, "17/26")

    # A free description, with at least one monitoring log or screenshot, whatever the type of the file.
    await answer(anna, "С 9:40 не проходят исходящие вызовы.")
    assert "Как снять мониторинг на Вашем оборудовании: http://support.rtc-nt.ru" in asked(anna)
    await anna.press("Done")
    assert "хотя бы 1 файл: без него разобраться не получится" in asked(anna)
    anna.person.send(anna.chat, Document(file_name="trace.pcapng", mime_type=None))
    await world.settle(2)
    assert "1 вложение" in asked(anna)
    await anna.press("Done")

    # The number; then, if it is critical, the hotline of the contract. No hours and no time of reaction are
    # published, so none is promised, even on a Saturday night.
    ticket = await submit(anna)
    number, *notices = told(ticket).split("\n")
    assert number == "Ваша заявка зарегистрирована: #1001."
    assert "можете позвонить по телефону горячей линии, указанному в договоре" in "\n".join(notices)
    assert "Специалист может попросить новые трассировки" in "\n".join(notices)
    assert "Когда получите исчерпывающий ответ, пожалуйста, закройте заявку." in notices
    assert "Срок" not in told(ticket)
    assert "нерабочее" not in told(ticket)
    assert "Компания: ООО «Пример Телеком»" in card(ticket)
    assert "Номер договора: 17/26" in card(ticket)
    await wait_until(world, "2026-12-14 10:00")
    assert alarms(ticket) == []
    assert "до:" not in card(ticket)

    # The next time company and contract are known. A consultation may come without a file, and has no
    # hotline.
    await new_request(anna, "Консультация")
    assert "Опишите в свободной форме" in asked(anna)
    await answer(anna, "Как перенести абонента на другую станцию?")
    await anna.press("Done")
    assert "Компания: ООО «Пример Телеком»" in asked(anna)
    question = await submit(anna)
    assert question.number == 1002
    assert "горячей линии" not in told(question)
    assert "Номер договора: 17/26" in card(question)


async def test_new_traces_are_asked_for_and_the_customer_closes_after_a_full_answer(
    shipped: OpenShipped,
) -> None:
    world = await shipped("rtc_nt", "2026-11-24 10:00")
    john = await arrive(world, "English", "John", language_code="en")
    # The knowledge base is linked in English too.
    await new_request(john, "Problem")
    await choose(john, "FAQ")
    await choose(john, "How do I take a monitoring log?")
    assert "http://support.rtc-nt.ru" in everything(john)
    assert not world.group.topics
    await john.press("I still need help")
    await answer(john, "Example Telecom Ltd")
    await john.press("Skip")
    await answer(john, "Calls to the city network are cut off after ten seconds.")
    john.person.send(john.chat, Document(file_name="trace.pcapng", mime_type=None))
    await world.settle(2)
    await john.press("Done")
    ticket = await submit(john)

    # An agent asks for new traces, with words that are at hand, and the request waits for its customer.
    await press(world, ticket.card, "Взять")
    await write(ticket, "/canned new_traces")
    assert "Please take the trace once more while repeating the problem" in asked(john)
    await press(world, ticket.card, "Ждать клиента")
    assert asked(john) == (
        "Request #1001: we are waiting for your answer, the specialist cannot go on without it."
    )
    assert "#1001 · ждём клиента" in card(ticket)
    await wait_until(world, "2026-12-01 10:00")
    john.person.send(john.chat, Document(file_name="trace-2.pcapng", mime_type=None))
    await world.settle(2)
    assert ticket.topic.last.kind == "document"
    assert "#1001 · в работе" in card(ticket)

    # A new problem is a new request, and does not go to the specialist known from last time.
    await new_request(john, "Consultation")
    await answer(john, "How many lines can be added?")
    await john.press("Done")
    other = await submit(john)
    assert "#1002 · новая" in card(other)
    assert "Специалист: Ольга" in card(ticket)
    assert "Специалист:" not in card(other)

    # After a full answer the customer closes the request, and says how the help was.
    await write(ticket, "The timer T301 was too short. Please set it to 180 seconds.")
    await tap(john, "My requests")
    await choose(john, next(label for label in offered(john) if "#1001" in label))
    await john.press("Close request")
    await world.settle(2)
    assert ticket.is_closed()
    await rate(ticket, 5, "A clear answer")
    assert "Оценка: ★★★★★ «A clear answer»" in card(ticket)
    assert not other.is_closed()
