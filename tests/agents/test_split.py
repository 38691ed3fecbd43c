"""A ticket with two problems: what agents choose goes to a ticket of its own, and nothing gets lost."""

from collections.abc import Iterable

import pytest

from playground import Chat, Fault, Person, Photo, SeenMessage, TooMany, Topic
from storage import journal, messages
from tests.agents.seeds import (
    answered,
    by_bot,
    colleague,
    journal_of,
    leap,
    press,
    restart,
    says,
    seed,
    ticket_of,
)
from tests.agents.sides import Side
from tests.world import World

WHICH = "Какие сообщения клиента вынести в отдельную заявку?"
STALE = "Эта кнопка больше не действует."
OPENED = "#1002: выполнено"


async def _said(side: Side, *lines: str) -> list[SeenMessage]:
    """The customer writes these; gives back their own messages."""
    written = []
    for each in lines:
        written.append(await side.customer.say(each))
        await side.world.settle()
    return written


def _copy(side: Side, text: str) -> SeenMessage:
    """What the customer wrote, as agents see it where the first ticket is."""
    return next(m for m in side.place.messages if m.text == text and m.sender is side.world.bot)


async def _list(side: Side, command: str = "/split", reply: SeenMessage | None = None) -> SeenMessage:
    side.world.agent.write(side.place, command, reply_to=reply or side.card)
    await side.world.settle()
    return side.told()


def _labels(shown: SeenMessage) -> list[str]:
    """The entries of the list, without the time of day."""
    return [f"{row[0][0]} {row[0][8:]}" for row in shown.buttons[:-1]]


async def _tick(side: Side, shown: SeenMessage, *words: str, who: Person | None = None) -> None:
    for each in words:
        label = next(row[0] for row in shown.buttons if each in row[0])
        await press(side.world, shown, label, who)


async def _done(side: Side, shown: SeenMessage) -> str:
    toast = await press(side.world, shown, "Готово")
    await side.world.settle()
    return toast


def _new_place(side: Side) -> tuple[Chat | Topic, SeenMessage]:
    """Where the second ticket stands, and its card."""
    place: Chat | Topic = side.world.topic() if isinstance(side.place, Topic) else side.place
    cards = [m for m in place.messages if (m.text or "").startswith("#1002 ·")]
    return place, cards[-1]


async def _events(world: World, number: int) -> Iterable[tuple[str, str, object]]:
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        return [(row.event, row.actor, row.data) for row in await journal.of(tx, number)]


async def test_chosen_messages_become_a_ticket_of_their_own(any_side: Side) -> None:
    side, world = any_side, any_side.world
    await _said(side, "Не печатает чек", "А ещё не работает сканер", "Сканер мигает красным")
    shown = await _list(side, "/split Сканер <b>не</b> работает", _copy(side, "А ещё не работает сканер"))
    assert shown.text == ("Какие сообщения клиента вынести в отдельную заявку «Сканер <b>не</b> работает»?")
    assert _labels(shown) == ["☐ Не печатает чек", "☑ А ещё не работает сканер", "☐ Сканер мигает красным"]
    await _tick(side, shown, "мигает", "Не печатает", "Не печатает")
    assert [label[0] for label in _labels(shown)] == ["☐", "☑", "☑"]
    assert await _done(side, shown) == OPENED

    assert (shown.text or "").startswith("Отмеченное вынесено в заявку #1002 «Сканер <b>не</b> работает»")
    assert not shown.buttons
    place, card = _new_place(side)
    for words in (
        "Сканер <b>не</b> работает",
        "123456789012",
        "Продолжение заявки #1001",
        "А ещё не работает сканер",
    ):
        assert words in (card.text or ""), words
    assert says(world, place, "Вынесено из заявки #1001. Специалист: Ольга Смирнова.")
    # The old thread keeps what it showed.
    assert says(world, side.place, "Сканер мигает красным")
    (told,) = side.seen()
    assert told == (
        "В заявке #1001 две проблемы, теперь у каждой своя заявка:\n"
        "#1001: Терминал не принимает карты\n"
        "#1002: Сканер <b>не</b> работает\n\n"
        "#1002\nСрок ответа: среда, 25 ноября, 16:00 (московское время).\n\n"
        "Ответьте на сообщение по тому вопросу, о котором хотите написать."
    )
    old, new = await ticket_of(world, 1001), await ticket_of(world, 1002)
    assert (new.linked_to, new.serial, new.state) == (1001, old.serial, "new")
    assert new.answers == old.answers | {"subject": "Сканер <b>не</b> работает"}
    (_, _, split) = list(await _events(world, 1001))[-1]
    assert split == {"messages": [2, 3], "into": 1002}
    assert [(event, actor) for event, actor, _ in await _events(world, 1002)] == [
        ("open", "agent"),
        ("split_off", "agent"),
    ]


async def test_replies_and_edits_follow_the_messages(any_side: Side) -> None:
    side, world = any_side, any_side.world
    first, second = await _said(side, "Не печатает чек", "Сканер молчит")
    shown = await _list(side, reply=_copy(side, "Сканер молчит"))
    await _done(side, shown)
    place, card = _new_place(side)
    before = len(side.place.messages)
    side.customer.write("Пробовал другой", reply_to=second)
    await world.settle()
    reply = next(m for m in place.messages if m.text == "Пробовал другой")
    assert reply.reply_to is card
    side.customer.person.edit(second, "Сканер молчит и мигает")
    await world.settle()
    assert "Сканер молчит и мигает" in (card.text or "")
    side.customer.write("И чек пуст", reply_to=first)
    await world.settle()
    assert _copy(side, "И чек пуст").reply_to is _copy(side, "Не печатает чек")
    if isinstance(side.place, Topic):
        assert len(side.place.messages) == before + 1
    # The new ticket is answered where it stands, with its number for who has two.
    world.agent.write(place, "Пришлём сканер", reply_to=card)
    await world.settle()
    assert side.seen()[-1] == "#1002\nПришлём сканер"
    await restart(world)
    # An old copy means the message still, wherever it belongs now.
    side.world.agent.react(_copy(side, "Сканер молчит"), "👍")
    await world.settle()
    assert second.reactions == {world.bot: "👍"}


async def test_albums_and_files_go_whole(side: Side) -> None:
    world = side.world
    customer = side.customer
    with world.pg.hold_updates():
        album = customer.person.send_album(customer.chat, [Photo(), Photo(), Photo()], "Сканер")
        # The last item comes when the others are in the thread, and follows them.
        world.pg.release_updates(2, 1)
        await world.settle(5)
    await world.settle()
    customer.person.send_document(customer.chat, "Журнал")
    await world.settle()
    shown = await _list(side)
    assert _labels(shown) == ["☐ [фото ×2] Сканер", "☐ [документ] Журнал"]
    await _tick(side, shown, "×2", "Журнал")
    await _done(side, shown)
    topic = world.topic()
    files = [m.file_id for m in topic.messages if m.file_id]
    assert files[:3] == [each.file_id for each in album]
    assert len(files) == 4
    assert "4 вложения" in (topic.messages[1].text or "")


async def test_nothing_is_ticked_and_nothing_is_there(any_side: Side) -> None:
    side, world = any_side, any_side.world
    nothing = await _list(side)
    assert nothing.text == "Вынести нечего: то, что стоит в карточке, остаётся в этой заявке."
    await _said(side, "Не печатает чек")
    shown = await _list(side)
    assert shown.text == WHICH
    result = await answered(world, world.agent.press(shown, "Готово"))
    assert (result.text, result.show_alert) == ("Пока ничего не отмечено.", True)
    await press(world, shown, "Отменить")
    assert (shown.text, shown.buttons) == ("Ничего не вынесено.", [])
    assert await journal_of(world, 1001) == ["open"]


async def test_the_ticket_is_closed_meanwhile(side: Side) -> None:
    world = side.world
    await _said(side, "Не печатает чек")
    shown = await _list(side, reply=_copy(side, "Не печатает чек"))
    await press(world, side.card, "Закрыть")
    click = world.agent.press(shown, "Готово")
    closed = "Эта заявка закрыта. Сначала откройте её снова, затем разделите."
    assert (await answered(world, click)).text == closed
    chief = await colleague(world, "Шеф", admin=True)
    chief.write(side.place, "/split")
    await world.settle()
    assert side.told().text == closed
    await press(world, side.card, "Открыть снова")
    assert await _done(side, shown) == OPENED


async def test_two_agents_at_once(any_side: Side) -> None:
    side, world = any_side, any_side.world
    peter = await colleague(world)
    await _said(side, "Не печатает чек", "Сканер молчит")
    shown = await _list(side)
    await _tick(side, shown, "Не печатает")
    await _tick(side, shown, "Сканер", who=peter)
    await _tick(side, shown, "Не печатает", who=peter)
    with world.pg.hold_updates():
        clicks = [who.press(shown, "Готово") for who in (peter, world.agent, peter)]
    first, *late = [await answered(world, click) for click in clicks]
    assert first.text == OPENED
    for each in late:
        assert each.text == "Заявка #1002 уже открыта, специалист: Пётр."
        assert each.show_alert
    await world.settle()
    assert await journal_of(world, 1001) == ["open", "split"]
    assert sum("две проблемы" in text for text in side.seen()) == 1


async def test_stale_and_foreign_buttons(side: Side) -> None:
    world = side.world
    await _said(side, "Не печатает чек", "Сканер молчит")
    old = await _list(side)
    flip = old.button(old.buttons[0][0])["callback_data"]
    new = await _list(side, reply=_copy(side, "Сканер молчит"))
    for data in (
        flip,
        "sp:done:1001:77:0",
        "sp:flip:7:1:1",
        "sp:x",
        new.button("Готово")["callback_data"] + "x",
    ):
        assert (await answered(world, world.agent.press_data(old, data))).text, data
    assert (await answered(world, world.agent.press_data(old, flip))).text == STALE
    eve = world.pg.add_person("Ева", language_code="ru")
    done = new.button("Готово")["callback_data"]
    assert "только для специалистов" in (await answered(world, eve.press_data(new, done))).text
    await restart(world)
    assert await _done(side, new) == OPENED
    # The same messages are not split off twice, whatever list still shows them.
    shown = await _list(side)
    assert _labels(shown) == ["☐ Не печатает чек"]


async def test_a_message_that_went_elsewhere_meanwhile_stays_there(side: Side) -> None:
    world = side.world
    await _said(side, "Не печатает чек", "Сканер молчит")
    shown = await _list(side)
    await _tick(side, shown, "Сканер", "Не печатает")
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        await messages.change(tx, [2], ticket_number=None)
    await _done(side, shown)
    assert "Сканер молчит" not in (world.topic().messages[1].text or "")
    assert "Не печатает чек" in (world.topic().messages[1].text or "")


async def test_what_agents_do_not_see_yet_is_not_offered(side: Side) -> None:
    world = side.world
    await _said(side, "Не печатает чек")
    world.pg.faults.add(Fault("sendMessage", TooMany(30), world.group.id))
    side.customer.write("Сканер молчит")
    await world.settle(1)
    world.agent.write(side.place, "/split")
    await world.settle(40)
    shown = side.told()
    assert _labels(shown) == ["☐ Не печатает чек"]
    await _tick(side, shown, "Не печатает")
    await _done(side, shown)
    assert says(world, side.place, "Сканер молчит")
    assert [m.text for m in world.topic().messages].count("Сканер молчит") == 0


async def test_its_clocks_begin_with_its_opening(side: Side) -> None:
    world = side.world
    await leap(world, 2 * 3600)
    await _said(side, "Сканер молчит")
    shown = await _list(side, reply=_copy(side, "Сканер молчит"))
    await _done(side, shown)
    card = world.topic().messages[1]
    assert "Открыта: 23.11.2026 12:0" in (card.text or "")
    assert "Ответить до: 26.11.2026 09:00" in (card.text or "")
    assert "Ответить до: 25.11.2026 16:00" in (side.card.text or "")


@pytest.mark.parametrize("language", ["en", "lv"])
async def test_customers_are_told_in_their_language(world: World, language: str) -> None:
    john = await seed(world, "John", language_code=language)
    await john.customer.say("The scanner is dead")
    await world.settle()
    copy = john.topic.messages[-1]
    world.agent.write(john.topic, "/split", reply_to=copy)
    await world.settle()
    await press(world, john.topic.messages[-1], "Готово")
    await world.settle()
    told = by_bot(world, john.customer.chat)[-1].split("\n")
    first = {
        "en": "There are two problems in request #1001, so each has a request of its own now:",
        "lv": "Pieteikumā #1001 ir divas problēmas, tagad katrai ir savs pieteikums:",
    }
    assert told[:3] == [first[language], "#1001: Терминал не принимает карты", "#1002: The scanner is dead"]
