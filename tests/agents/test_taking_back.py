"""The command /del: what an agent takes back is gone at the customer's, and the thread tells how it went."""

from datetime import timedelta

import pytest

from playground import (
    Document,
    Fault,
    Photo,
    Refuse,
    ServerError,
    Slow,
    TooMany,
)
from storage import journal
from tests.agents.seeds import DELIVERED, NOTED, by_bot, leap, open_ticket, really, restart, says
from tests.agents.sides import Side, open_side
from tests.world import World

GONE = "Сообщение отозвано: клиент его больше не видит."
UNSEEN = "Сообщение отозвано до отправки: клиент его не видел."
ALREADY = "Это сообщение уже отозвано."
HOW = "ответьте на это сообщение командой /del"


async def _journal(side: Side) -> list[tuple[str, str | None, object]]:
    assert side.world.app is not None
    async with side.world.app.store.transaction() as tx:
        rows = await journal.of(tx, 1001)
    return [(row.event, row.actor_name, row.data) for row in rows if row.event.startswith("take_back")]


async def test_a_delivered_message_is_gone_and_stays_gone(any_side: Side) -> None:
    side, world = any_side, any_side.world
    kept = side.answer("Здравствуйте!")
    answer = side.answer("Пароль: 1234")
    await world.settle()
    assert answer.reactions == {world.bot: DELIVERED}
    await side.take_back(answer)
    assert side.seen() == ["Здравствуйте!"]
    assert not answer.reactions
    assert kept.reactions == {world.bot: DELIVERED}
    assert side.told().text == GONE
    assert side.told().reply_to is answer

    again = await side.take_back(answer)
    assert side.told().text == ALREADY
    assert side.told().reply_to is again
    assert side.deletions() == 1

    # Nothing brings it back: an edit, a reaction, a restart, a look at the request.
    await restart(world)
    world.agent.edit(answer, "Пароль: 5678")
    world.agent.edit_file(kept, Photo(), "Здравствуйте!")
    world.agent.react(answer, "👍")
    side.answer("Это всё")
    await world.settle()
    assert side.seen() == ["Здравствуйте!", "Здравствуйте!", "Это всё"]
    side.customer.write("/my")
    await world.settle()
    side.customer.person.press(side.customer.bots()[-1], side.customer.bots()[-1].buttons[0][0])
    await world.settle()
    shown = side.customer.bots()[-1].text or ""
    assert "Это всё" in shown
    assert "Пароль" not in shown
    first = ("take_back", "Ольга Смирнова")
    assert [entry[:2] for entry in await _journal(side)] == [first]


async def test_ways_to_write_it(side: Side) -> None:
    for command in ("/del@talon_bot", "/DEL", "/del опечатка"):
        answer = side.answer("Пароль: 1234")
        await side.world.settle()
        await side.take_back(answer, command)
        assert not side.seen()
        assert side.told().text == GONE
        assert side.told().reply_to is answer


async def test_a_queued_message_never_gets_there(any_side: Side) -> None:
    side, world = any_side, any_side.world
    world.pg.faults.add(Fault("sendMessage", TooMany(30), side.customer.person.id))
    first, second, third = (side.answer(text) for text in ("раз", "два", "три"))
    await world.settle(2)
    for message in (first, second):
        await side.take_back(message)
    world.agent.edit(second, "2")
    await world.settle(40)
    assert [m.reply_to for m in side.place.messages if m.text == UNSEEN] == [first, second]
    assert side.seen() == ["три"]
    assert third.reactions == {world.bot: DELIVERED}
    assert not first.reactions
    assert not second.reactions
    assert side.deletions() == 0


@pytest.mark.parametrize("applied_first", [True, False])
async def test_a_message_that_is_under_way(side: Side, applied_first: bool) -> None:
    world = side.world
    slow = world.pg.faults.add(
        Fault("sendMessage", Slow(20, applied_first=applied_first), side.customer.person.id)
    )
    answer = side.answer("Пароль: 1234")
    after = side.answer("Здравствуйте!")
    await really(world, lambda: slow.struck == 1)
    world.agent.write(side.place, "/del", reply_to=answer)
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    assert not says(world, side.place, "отозвано")
    world.clock.move_to(world.clock.now() + timedelta(seconds=21))
    await world.settle(5)
    assert side.seen() == ["Здравствуйте!"]
    assert side.told().text == GONE
    assert not answer.reactions
    assert after.reactions == {world.bot: DELIVERED}


async def test_a_message_that_fails_while_it_is_taken_back(side: Side) -> None:
    world = side.world
    slow = world.pg.faults.add(
        Fault("sendMessage", Refuse(400, "Bad Request: NO"), side.customer.person.id),
        Fault("sendMessage", Slow(20, applied_first=False), side.customer.person.id),
    )
    world.pg.faults.active.reverse()
    answer = side.answer("Пароль: 1234")
    await really(world, lambda: slow.struck == 1)
    world.agent.write(side.place, "/del", reply_to=answer)
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    world.clock.move_to(world.clock.now() + timedelta(seconds=21))
    await world.settle(5)
    assert not side.seen()
    assert not says(world, side.place, "не доставлено")


async def test_every_part_and_every_item_goes(any_side: Side) -> None:
    side, world = any_side, any_side.world
    await open_ticket(world, side.customer)
    await world.settle()
    long = side.answer("д" * 4096)
    album = world.agent.send_album(side.place, [Photo(), Photo(), Photo()], "Шаги", reply_to=side.card)
    await world.settle()
    assert len(side.customer.bots()) == 5
    await side.take_back(long)
    assert [message.kind for message in side.customer.bots()] == ["photo"] * 3
    await side.take_back(album[1])
    assert not side.customer.bots()
    assert not any(message.reactions for message in (long, *album))
    assert side.deletions() == 2
    assert by_bot(world, side.place).count(GONE) == 2


async def test_late_items_and_files_put_in_later_go_too(side: Side) -> None:
    world = side.world
    with world.pg.hold_updates():
        album = world.agent.send_album(side.place, [Document() for _ in range(3)])
        world.pg.release_updates(2, 1)
        await world.settle(5)
    text = side.answer("Вот схема")
    await world.settle()
    world.agent.edit_file(text, Photo(), "Вот схема")
    await world.settle()
    assert [message.kind for message in side.customer.bots()] == ["document"] * 3 + ["text", "photo"]
    await side.take_back(album[2])
    await side.take_back(text)
    assert not side.customer.bots()
    assert by_bot(world, side.place).count(GONE) == 2


async def test_a_failed_message_is_not_tried_again(side: Side) -> None:
    world = side.world
    world.pg.faults.add(Fault("sendMessage", Refuse(400, "Bad Request: NO"), side.customer.person.id))
    answer = side.answer("Пароль: 1234")
    await world.settle()
    notice = side.told()
    assert notice.buttons == [["Отправить ещё раз"]]
    await side.take_back(answer)
    assert "не дошло до клиента" in (side.told().text or "")
    click = world.agent.press(notice, "Отправить ещё раз")
    world.agent.edit(answer, "Пароль: 5678")
    await world.settle()
    assert click.result is not None
    assert "отозвано" in (click.result.text or "")
    assert not side.seen()
    await side.take_back(answer)
    assert side.told().text == ALREADY
    assert side.deletions() == 0


async def test_what_cannot_be_taken_back(any_side: Side) -> None:
    side, world = any_side, any_side.world
    note = world.agent.write(side.place, "// похоже на прошивку", reply_to=side.card)
    side.customer.write("Не работает")
    await world.settle()
    shown = side.told()
    assert shown.text == "Не работает"
    await side.take_back(note)
    assert "внутренняя заметка" in (side.told().text or "")
    assert note.reactions == {world.bot: NOTED}
    for target in (shown, side.card, side.told(), None):
        asked = world.agent.write(side.place, "/del", reply_to=target)
        await world.settle()
        assert HOW in (side.told().text or "")
        assert side.told().reply_to is asked
    assert side.deletions() == 0
    assert not side.seen()
    assert shown.text == "Не работает"
    assert not await _journal(side)


async def test_talk_outside_of_threads_is_left_alone(side: Side) -> None:
    talk = side.world.agent.write(side.world.group, "Кто обедать?")
    asked = side.world.agent.write(side.world.group, "/del", reply_to=talk)
    await side.world.settle()
    (told,) = [message for message in side.world.group.messages if message.reply_to is asked]
    assert HOW in (told.text or "")
    assert side.deletions() == 0


async def test_after_two_days_it_stays_and_can_be_edited(side: Side) -> None:
    world = side.world
    answer = side.answer("Пароль: 1234")
    await world.settle()
    await leap(world, 49 * 3600, 7 * 3600)
    await side.take_back(answer)
    assert "в течение 48 часов" in (side.told().text or "")
    assert side.told().reply_to is answer
    assert side.seen() == ["Пароль: 1234"]
    assert answer.reactions == {world.bot: DELIVERED}
    world.agent.edit(answer, "Пароль удалён")
    await world.settle()
    assert side.seen() == ["Пароль удалён"]
    (refused,) = await _journal(side)
    assert refused[:2] == ("take_back_refused", "Ольга Смирнова")


async def test_another_refusal_is_told_in_telegrams_words(side: Side) -> None:
    world = side.world
    answer = side.answer("Пароль: 1234")
    await world.settle()
    world.pg.faults.add(
        Fault("deleteMessage", TooMany(20)), Fault("deleteMessage", Refuse(400, "Bad Request: NOT_TODAY"))
    )
    world.agent.write(side.place, "/del", reply_to=answer)
    await world.settle(5)
    # Asked for once more, and edited, while it is still owed.
    await side.take_back(answer)
    assert side.told().text == "Это сообщение уже отзывается."
    world.agent.edit(answer, "Пароль удалён")
    await world.settle(30)
    told = next(m for m in side.place.messages if "NOT_TODAY" in (m.text or ""))
    assert told.reply_to is answer
    assert side.seen() == ["Пароль удалён"]
    await side.take_back(answer)
    assert side.told().text == GONE
    assert not side.seen()


async def test_texts_that_travelled_as_one(any_side: Side) -> None:
    side, world = any_side, any_side.world
    world.pg.faults.add(Fault("sendMessage", TooMany(30), side.customer.person.id))
    first, second, third = (side.answer(text) for text in ("раз", "два", "три"))
    await world.settle(40)
    (copy,) = side.customer.bots()
    assert copy.text == "раз\nдва\nтри"
    await side.take_back(second)
    assert copy.text == "раз\nтри"
    assert not second.reactions
    assert first.reactions == third.reactions == {world.bot: DELIVERED}
    # The others go on as if it had never been there.
    side.customer.write("Что именно?", reply_to=copy)
    world.agent.edit(first, "один")
    await world.settle()
    assert copy.text == "один\nтри"
    assert next(m for m in side.place.messages if m.text == "Что именно?").reply_to is third
    await side.take_back(third)
    assert copy.text == "один"
    assert side.deletions() == 0
    await side.take_back(first)
    assert not side.customer.bots()
    assert by_bot(world, side.place).count(GONE) == 3


async def test_what_the_customer_deleted_themselves(side: Side) -> None:
    world = side.world
    answer = side.answer("Пароль: 1234")
    await world.settle()
    side.customer.person.delete(side.customer.bots()[-1])
    await side.take_back(answer)
    assert side.told().text == GONE
    assert not answer.reactions


async def test_trouble_and_a_restart_on_the_way(any_world: World) -> None:
    world = any_world
    side = await open_side(world, forum=True)
    answer = side.answer("Пароль: 1234")
    await world.settle()
    world.pg.faults.add(
        Fault("deleteMessage", TooMany(20)), Fault("deleteMessage", ServerError(502, applied=True))
    )
    world.agent.write(side.place, "/del", reply_to=answer)
    await world.settle(5)
    assert side.seen() == ["Пароль: 1234"]
    assert not says(world, side.place, "отозвано")
    assert answer.reactions == {world.bot: DELIVERED}
    await restart(world)
    await world.settle(60)
    assert not side.seen()
    assert not answer.reactions
    assert by_bot(world, side.place).count(GONE) == 1
    assert world.pg.calls_during_retry_after == 0


async def test_a_customer_who_cannot_be_reached(side: Side) -> None:
    world = side.world
    delivered = side.answer("Пароль: 1234")
    await world.settle()
    side.customer.person.block(world.bot)
    waiting = side.answer("Пароль: 5678")
    await world.settle()
    await side.take_back(waiting)
    assert side.told().text == UNSEEN
    await side.take_back(delivered)
    assert "пока не отозвано" in (side.told().text or "")
    assert side.seen() == ["Пароль: 1234"]
    side.customer.person.unblock(world.bot)
    await world.settle()
    assert not side.seen()
    assert [text for text in by_bot(world, side.place) if text in (GONE, UNSEEN)] == [UNSEEN, GONE]
    assert [entry[0] for entry in await _journal(side)] == ["take_back"] * 2


async def test_a_reply_and_a_reaction_that_cross_with_it(side: Side) -> None:
    world = side.world
    answer = side.answer("Пароль: 1234")
    await world.settle()
    copy = side.customer.bots()[-1]
    await world.stop()
    world.agent.write(side.place, "/del", reply_to=answer)
    side.customer.write("Спасибо", reply_to=copy)
    side.customer.person.react(copy, "🔥")
    await world.start()
    await world.settle()
    assert not side.seen()
    assert next(m for m in side.place.messages if m.text == "Спасибо").reply_to is answer
    assert not answer.reactions
    world.agent.write(side.place, "То есть вот так", reply_to=answer)
    await world.settle()
    assert side.seen() == ["То есть вот так"]


async def test_an_anonymous_administrator_takes_back_what_a_colleague_wrote(side: Side) -> None:
    world = side.world
    answer = side.answer("Пароль: 1234")
    await world.settle()
    world.group.owner.write(side.place, "/del", reply_to=answer, anonymous=True)
    await world.settle()
    assert not side.seen()
    assert side.told().text == GONE


async def test_from_a_customer_it_is_a_message_as_any_other(side: Side) -> None:
    world = side.world
    side.answer("Здравствуйте!")
    await world.settle()
    side.customer.write("/del", reply_to=side.customer.bots()[-1])
    await world.settle()
    assert side.told().text == "/del"
    assert side.seen() == ["Здравствуйте!"]
