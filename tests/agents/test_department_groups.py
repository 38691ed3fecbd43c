"""Departments with a staff group of their own: tickets go from one to another, and nothing is lost."""

from collections.abc import AsyncIterator

import pytest

from dialogs.life import Life
from dialogs.transferring import transfer
from playground import Document, Fault, Photo, SeenMessage, ServerError, TooMany, Topic
from storage import tickets
from storage.journal import Actor
from storage.outbox import Outbox
from tests.agents.looking_up import addresses
from tests.agents.seeds import (
    answered,
    by_bot,
    desk_of,
    journal_of,
    open_ticket,
    press,
    ticket_of,
)
from tests.agents.two_groups import SERVICE, SUPPORT, TwoGroups, two_groups
from tests.world import World, texts

MOVED = (
    "Заявка #1001. Мы передали её в сервисный отдел: терминалом займутся специалисты по ремонту. "
    "Ответ придёт в этот же чат."
)
LEADS_ON = (
    f"Ольга Смирнова передаёт заявку в другую группу: {SERVICE}, #1001. "
    "Написанное здесь до клиента не дойдёт."
)
LINES = ["раз", "два", "три"]
NOTED_THERE = (
    f"Заявка теперь в другой группе: {SERVICE}, #1001. "
    "Клиенту это не отправлено, а сохранено там как заметка."
)
MENU = f"Заявка #1001 теперь в другой группе: {SERVICE}."


@pytest.fixture
async def both(sqlite_url: str) -> AsyncIterator[TwoGroups]:
    async with two_groups(sqlite_url) as world:
        yield world


@pytest.fixture
async def any_both(database_url: str) -> AsyncIterator[TwoGroups]:
    async with two_groups(database_url) as world:
        yield world


def history(messages: list[SeenMessage]) -> str:
    """The file that tells all that happened before."""
    (message,) = [each for each in messages if each.file is not None and each.file.name == "1001.html"]
    assert message.file is not None
    return message.file.content().decode("utf-8")


async def test_a_ticket_goes_on_in_the_other_group(any_both: TwoGroups) -> None:
    both, world = any_both, any_both.world
    anna = await both.seed(name="Анна <b>О</b>")
    both.olga.write(anna.topic, "Проверьте <кабель>")
    both.olga.write(anna.topic, "// похоже на блок питания")
    await world.settle()
    anna.customer.write("Проверила")
    await world.settle()
    assert await both.transfer(anna.card, SERVICE) == f"#1001: заявка передана, {SERVICE}"

    thread = both.thread()
    card, document, *rest = thread.messages[1:]
    assert "#1001 · в работе" in (card.text or "")
    assert f"Отдел: {SERVICE}" in (card.text or "")
    assert "Вся история заявки #1001 до этого" in (document.text or "")
    assert texts_of(rest) == [f"Ольга Смирнова передаёт заявку в другой отдел: {SERVICE}."]
    told = history([document])
    said = ["Анна &lt;b&gt;О&lt;/b&gt;", "Проверьте &lt;кабель&gt;", "// похоже на блок питания", "Проверила"]
    assert [told.index(words) for words in said] == sorted(told.index(words) for words in said)
    assert "23.11.2026 10:00 · Ольга Смирнова (специалист)" in told
    assert f"Передано в отдел «{SERVICE}»" in told
    assert by_bot(world, anna.customer.chat)[-1] == MOVED

    # The old thread leads on, and is closed.
    line = anna.topic.messages[-2]
    assert line.text == LEADS_ON
    number = str(both.service.id).removeprefix("-100")
    assert addresses(line) == [f"https://t.me/c/{number}/{thread.id}/{card.id}"]
    assert anna.topic.closed
    assert not thread.closed

    # From now on everything is there.
    anna.customer.write("Когда?")
    await world.settle()
    both.peter.write(thread, "Привезите терминал")
    await world.settle()
    assert texts(thread)[-2:] == ["Когда?", "Привезите терминал"]
    assert "Когда?" not in texts(anna.topic)
    assert by_bot(world, anna.customer.chat)[-1] == "Привезите терминал"
    assert await journal_of(world, 1001) == [
        "open",
        "answer",
        "customer_message",
        "transfer",
        "answer",
    ]


async def move(both: TwoGroups, to: str) -> None:
    """Move the ticket while nothing can be pressed."""
    async with both.world.app.store.transaction() as tx:  # type: ignore[union-attr]
        life = Life(tx, Outbox(tx), desk_of(both.world))
        department = life.desk.profile.department(to)
        assert department is not None
        await transfer(life, await tickets.get(tx, 1001), department, Actor("agent", 1, "Пётр"))


def is_closed(topic: Topic) -> bool:
    """Whether the topic is closed now."""
    return topic.closed


def texts_of(messages: list[SeenMessage]) -> list[str]:
    return [message.text for message in messages if message.text]


async def test_what_waits_goes_to_the_new_thread_in_order(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    await press(world, anna.card, "Передать")
    world.pg.faults.add(Fault("sendMessage", TooMany(30), world.group.id))
    for line in LINES:
        anna.customer.write(line)
    await world.settle(2)
    assert not both.told(anna.topic)
    both.olga.press(anna.card, SERVICE)
    await world.settle(40)
    thread = both.thread()
    assert [m.kind for m in thread.messages[1:3]] == ["text", "document"]
    shown = "\n".join(texts(thread)[2:]).split("\n")
    assert shown == [*LINES, f"Ольга Смирнова передаёт заявку в другой отдел: {SERVICE}."]
    assert both.told(anna.topic) == [LEADS_ON]
    assert all(line in history(thread.messages) for line in LINES)


async def test_files_of_the_opening_come_along(both: TwoGroups) -> None:
    world = both.world
    anna = world.customer("Анна")
    topic = await anna.open_ticket(attach=lambda chat: anna.person.send_album(chat, [Photo(), Photo()]))
    photos = [m.file_id for m in topic.messages if m.kind == "photo"]
    assert len(photos) == 2
    await both.transfer(topic.messages[1], SERVICE)
    thread = both.thread()
    assert [m.kind for m in thread.messages[1:5]] == ["text", "document", "photo", "photo"]
    assert [m.file_id for m in thread.messages if m.kind == "photo"] == photos
    assert "📎 фото" in history(thread.messages)
    assert "Ниже 2 вложения" in (both.card().text or "")


async def test_what_stands_in_the_old_group_is_still_understood(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    said = anna.customer.write("Ошибка 5")
    answer = both.olga.write(anna.topic, "Проверьте кабель")
    await world.settle()
    await both.transfer(anna.card, SERVICE)
    thread = both.thread()
    theirs = next(m for m in anna.customer.bots() if m.text == "Проверьте кабель")
    shown = next(m for m in anna.topic.messages if m.text == "Ошибка 5")

    # A reply to what stands there says to what; a reaction shows there.
    anna.customer.write("Проверила", reply_to=theirs)
    anna.customer.person.react(theirs, "👍")
    both.olga.react(shown, "❤")
    await world.settle()
    assert said.reactions[world.bot] == "❤"
    assert thread.last.text == "В ответ на: Проверьте кабель\nПроверила"
    assert answer.reactions[world.bot] == "👍"

    # An edit changes the old copy, and whoever has the ticket now sees it.
    anna.customer.person.edit(said, "Ошибка 55")
    await world.settle(20)
    assert shown.text == "Ошибка 55"
    assert texts(thread)[-2:] == ["Ошибка 55", "Клиент изменил это сообщение."]
    anna.customer.person.edit(said, "Ошибка 555")
    await world.settle(20)
    assert texts(thread)[-3:-1] == ["Ошибка 555", "Клиент изменил это сообщение."]

    both.olga.edit(answer, "Проверьте кабель питания")
    await world.settle()
    assert theirs.text == "Проверьте кабель питания"
    assert thread.last.text == "Отправлено клиенту · Ольга Смирнова\nПроверьте кабель питания"
    assert both.told(anna.topic)[1:] == [LEADS_ON]


async def test_what_is_written_in_the_old_thread_is_kept_as_a_note(both: TwoGroups) -> None:
    world = both.world
    world.group.promote(both.olga)
    anna = await both.seed()
    await both.transfer(anna.card, SERVICE)
    known = len(anna.customer.bots())
    late = both.olga.write(anna.topic, "Ещё вопрос")
    album = both.olga.send_album(anna.topic, [Photo(), Photo()], "Схема")
    await world.settle(5)
    thread = both.thread()
    assert len(anna.customer.bots()) == known
    note = "Заметка из прежней группы · Ольга Смирнова\n"
    assert f"{note}Ещё вопрос" in texts(thread)
    assert [m.file_id for m in thread.messages if m.kind == "photo"] == [m.file_id for m in album]
    assert late.reactions[world.bot] == "✍"
    answers = [m for m in anna.topic.messages if m.reply_to is late]
    assert [m.text for m in answers] == [NOTED_THERE]
    assert addresses(answers[0])
    # Edited there, it follows; what is asked there is answered there.
    both.olga.edit(late, "Ещё один вопрос")
    await world.settle()
    assert f"{note}Ещё один вопрос" in texts(thread)
    asked = both.olga.write(anna.topic, "/ban спам")
    helped = both.olga.write(anna.topic, "/duty")
    await world.settle()
    told = {m.reply_to: m.text for m in anna.topic.messages if m.sender is world.bot}
    assert told[asked] == f"Заявка теперь в другой группе: {SERVICE}, #1001."
    assert (told[helped] or "").startswith(SUPPORT)
    assert await journal_of(world, 1001) == ["open", "transfer"]


async def test_what_was_written_before_it_left_reaches_the_customer(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    await press(world, anna.card, "Передать")
    with world.pg.hold_updates():
        both.olga.press(anna.card, SERVICE)
        answer = both.olga.write(anna.topic, "Привезите терминал")
    await world.settle()
    assert "Привезите терминал" in by_bot(world, anna.customer.chat)
    assert "Отправлено клиенту · Ольга Смирнова\nПривезите терминал" in texts(both.thread())
    assert answer.reactions[world.bot] == "👌"
    assert "Специалист:" not in (both.card().text or "")


async def test_a_late_item_of_a_note_in_the_old_thread_is_shown_too(both: TwoGroups) -> None:
    world = both.world
    world.group.promote(both.olga)
    anna = await both.seed()
    await both.transfer(anna.card, SERVICE)
    known = len(anna.customer.bots())
    with world.pg.hold_updates():
        album = both.olga.send_album(anna.topic, [Photo(), Photo(), Photo()], "Схема")
        world.pg.release_updates(2, 1)
        await world.settle(5)
    await world.settle(5)
    shown = [m for m in both.thread().messages if m.kind == "photo"]
    assert [m.file_id for m in shown] == [m.file_id for m in album]
    assert shown[2].reply_to is shown[0]
    assert len(anna.customer.bots()) == known
    # Once is enough to tell that none of it was sent.
    assert len([m for m in anna.topic.messages if m.text == NOTED_THERE]) == 1


async def test_a_late_item_of_an_answer_is_shown_where_the_ticket_is(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    with world.pg.hold_updates():
        album = both.olga.send_album(anna.topic, [Document(), Document(), Document()], "Схема")
        notes = both.olga.send_album(anna.topic, [Document(), Document()], "// это не ремонт")
        world.pg.release_updates(2, 1)
        await world.settle(5)
        await move(both, "service")
        await world.settle()
    await world.settle(5)
    got = [m for m in anna.customer.bots() if m.kind == "document"]
    assert [m.file_id for m in got] == [m.file_id for m in album]
    assert got[2].reply_to is got[0]
    # What came before it left is in its history there.
    shown = [m for m in both.thread().messages[3:] if m.kind == "document"]
    assert [m.file_id for m in shown] == [m.file_id for m in (album[2], *notes)]


async def test_buttons_work_in_the_group_of_the_ticket_alone(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    # Neither group's members act in the other one.
    refused = "Эта кнопка предназначена только для специалистов поддержки."
    stranger = await answered(world, both.peter.press(anna.card, "Взять"))
    assert stranger.text == refused
    await both.transfer(anna.card, SERVICE)
    card = both.card()
    assert (await answered(world, both.olga.press(card, "Взять"))).text == refused
    # The old card has no buttons any more; what was pressed before that is of no use.
    assert not anna.card.buttons
    for data in (
        "t:take:1001",
        "tm:transfer:1001",
        "tt:1001:support:service",
        "marks:1001",
        "cn:open:1001::",
    ):
        toast = await answered(world, both.olga.press_data(anna.card, data))
        assert toast.text == MENU
        assert toast.show_alert
    both.olga.react(anna.topic.messages[2], "👍")
    await world.settle()
    assert "новая" in (card.text or "")
    assert await journal_of(world, 1001) == ["open", "transfer"]
    # Copied data does not act on another group's ticket either.
    bob = await both.seed(name="Борис")
    assert (await answered(world, both.peter.press_data(card, f"t:close:{bob.number}"))).text == (
        f"Заявка #{bob.number} теперь в другой группе: {SUPPORT}."
    )
    await press(world, card, "Взять", both.peter)
    assert "Пётр" in (card.text or "")
    assert (await ticket_of(world, bob.number)).state == "new"


async def test_back_again_it_has_its_old_thread(any_both: TwoGroups) -> None:
    both, world = any_both, any_both.world
    anna = await both.seed()
    await both.transfer(anna.card, SERVICE)
    service = both.thread()
    both.peter.write(service, "Это не ремонт")
    await world.settle()
    await both.transfer(both.card(), SUPPORT, both.peter)
    assert len(world.group.topics) == len(both.service.topics) == 1
    assert not anna.is_closed()
    assert is_closed(service)
    assert f"Отдел: {SUPPORT}" in (anna.card.text or "")
    assert service.messages[-2].text == (
        f"Пётр передаёт заявку в другую группу: {SUPPORT}, #1001. Написанное здесь до клиента не дойдёт."
    )
    assert "Это не ремонт" in history(anna.topic.messages)
    both.olga.write(anna.topic, "Перезагрузите")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == "Перезагрузите"
    # And once more the other way.
    await both.transfer(anna.card, SERVICE)
    assert not is_closed(service)
    assert anna.is_closed()
    assert both.told(anna.topic)[-1] == LEADS_ON
    anna.customer.write("Спасибо")
    await world.settle()
    assert service.last.text == "Спасибо"


async def test_there_and_back_before_anything_was_sent(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    world.pg.faults.add(Fault("createForumTopic", TooMany(30), both.service.id))
    await both.transfer(anna.card, SERVICE)
    assert not both.service.topics
    # Nothing there to press: the type takes it back.
    await move(both, "support")
    await world.settle(60)
    anna.customer.write("раз")
    await world.settle()
    assert anna.topic.last.text == "раз"
    assert not anna.topic.closed
    assert all(topic.closed for topic in both.service.topics)


@pytest.mark.parametrize("stage", ["createForumTopic", "sendMessage", "sendDocument", "closeForumTopic"])
async def test_a_stop_in_the_middle(both: TwoGroups, stage: str) -> None:
    world = both.world
    anna = await both.seed()
    anna.customer.write("раз")
    await world.settle()
    group = world.group if stage == "closeForumTopic" else both.service
    world.pg.faults.add(Fault(stage, ServerError(500), group.id, times=None))
    await both.transfer(anna.card, SERVICE)
    anna.customer.write("два")
    await world.settle()
    await world.stop()
    world.pg.faults.clear()
    anna.customer.write("три")
    await world.start()
    await world.settle(5)
    thread = both.thread()
    assert len(both.service.topics) == 1
    assert [m.kind for m in thread.messages[1:3]] == ["text", "document"]
    moved = f"Ольга Смирнова передаёт заявку в другой отдел: {SERVICE}."
    assert "\n".join(texts(thread)[2:]).split("\n") == [moved, "два", "три"]
    assert "раз" in history(thread.messages)
    assert anna.topic.closed
    assert both.told(anna.topic)[-1] == LEADS_ON
    assert addresses(anna.topic.messages[-2])


async def test_it_is_followed_through_three_groups(sqlite_url: str) -> None:
    world = World(sqlite_url, desk="smarttek")
    owner = world.pg.add_person("Инга", language_code="ru")
    technical, office = (
        world.pg.add_group(title, forum=forum, owner=owner) for title, forum in (("Т", True), ("А", False))
    )
    for group in (technical, office):
        group.add_bot(world.bot)
    world.set_up(staff_chats={"technical": technical.id, "administration": office.id})
    await world.start()
    try:
        customer = world.customer("Анна")
        await open_ticket(world, customer, type="helpdesk")
        await world.until(lambda: world.group.topics and world.topic().messages[1:])
        first, at_first = world.topic(), world.topic().messages[1]
        both = TwoGroups(world, technical, owner)
        assert world.app is not None
        names = {each.key: each.label.in_language("ru") for each in world.app.profile.departments}

        await both.transfer(at_first, names["technical"])
        (second,) = technical.topics
        await both.transfer(second.messages[1], names["administration"], owner)
        card = next(message for message in office.messages if message.buttons)
        number = str(office.id).removeprefix("-100")
        # Both old threads lead to where it is now.
        for topic in (first, second):
            line = next(m for m in reversed(topic.messages) if m.text and "#1001" in m.text)
            assert names["administration"] in (line.text or "")
            assert addresses(line) == [f"https://t.me/c/{number}/{card.id}"]
            assert is_closed(topic)
        assert len(both.told(first)) == 1
        # What is said in either is known where the ticket is, and all of it stands in the file.
        customer.write("Касса стоит")
        await world.settle()
        await both.transfer(card, names["helpdesk"], owner)
        assert not is_closed(first)
        assert is_closed(second)
        assert "Касса стоит" in history(first.messages)
        assert addresses(second.messages[-2]) == [
            f"https://t.me/c/{str(world.group.id).removeprefix('-100')}/{first.id}/{at_first.id}"
        ]
    finally:
        await world.close()


async def test_what_stands_in_the_old_group_can_be_split_off(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    anna.customer.write("А ещё сканер не работает")
    await world.settle()
    await both.transfer(anna.card, SERVICE)
    both.peter.write(both.thread(), "/split Сканер")
    await world.settle()
    listed = both.thread().last
    label = next(text for row in listed.buttons for text in row if "сканер" in text)
    await press(world, listed, label, both.peter)
    await press(world, listed, "Готово", both.peter)
    await world.settle()
    assert "А ещё сканер не работает" in (both.card(1002).text or "")


async def test_a_list_left_open_changes_nothing_in_the_other_group(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    both.olga.write(anna.topic, "/duty")
    anna.customer.write("А ещё сканер не работает")
    await world.settle()
    both.olga.write(anna.topic, "/split")
    await world.settle()
    listed = anna.topic.last
    cancel = listed.button("Отменить")["callback_data"]
    await press(world, anna.card, "Передать")
    world.pg.faults.add(Fault("editMessageText", TooMany(10), world.group.id))
    with world.pg.hold_updates():
        both.olga.press_data(listed, cancel)
        both.olga.write(anna.topic, "/mark")
        both.olga.press(anna.card, SERVICE)
    await world.settle(30)
    service = [call for call in world.pg.calls if call.chat_id == both.service.id]
    assert "editMessageText" not in [call.method for call in service]
    assert [m.kind for m in both.thread().messages[1:3]] == ["text", "document"]
