"""How the peers fail: each test is named after what was seen elsewhere, and shows that it is not so here.

After the failures stands what support staff ask for in vain. Of that, routing by category is not here yet:
it comes with the departments. A minute of 160 customers under flood control is tests/test_flood.py.
"""

import logging
import sqlite3
import time
from asyncio import sleep
from datetime import timedelta
from pathlib import Path

import pytest

from playground import (
    Audio,
    DropBefore,
    Fault,
    FloodLimits,
    Photo,
    SeenMessage,
    ServerError,
    Slow,
    TooMany,
    Video,
    VideoNote,
    Voice,
)
from playground.faults import Effect
from tests.agents.seeds import (
    DELIVERED,
    by_bot,
    leap,
    lines,
    open_ticket,
    press,
    really,
    restart,
    says,
    seed,
    ticket_of,
    written_below_the_card,
)
from tests.crash_rig import look, running_rig, tokens, until
from tests.world import World, texts

LINES = ["раз", "два", "три", "четыре", "пять"]


def _files(world: World, messages: list[SeenMessage]) -> list[str | None]:
    return [message.file_id for message in messages if message.sender is world.bot and message.file_id]


# The agent is told "sent".


async def test_an_agents_reply_meets_429_and_the_agent_is_told_sent(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    boris = await seed(world, "Борис")
    world.pg.faults.add(Fault("sendMessage", TooMany(30), anna.customer.person.id))
    sent = [world.agent.write(anna.topic, line) for line in LINES]
    await world.settle(5)
    assert not texts(anna.customer.chat)
    assert not any(message.reactions for message in sent)

    # Others go on meanwhile.
    other = world.agent.write(boris.topic, "а Вы?")
    boris.customer.write("и я")
    await world.settle(5)
    assert texts(boris.customer.chat, of=world.bot) == ["а Вы?"]
    assert boris.topic.last.text == "и я"
    assert other.reactions == {world.bot: DELIVERED}

    await world.settle(30)
    assert lines(world, anna.customer.chat) == LINES
    assert all(message.reactions == {world.bot: DELIVERED} for message in sent)
    assert world.pg.calls_during_retry_after == 0


async def test_an_agents_reply_meets_a_dropped_connection_and_the_agent_is_told_sent(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault("sendMessage", DropBefore(), anna.customer.person.id, times=3),
        Fault("sendMessage", DropBefore(), world.group.id, times=3),
        Fault("setMessageReaction", DropBefore(), times=2),
    )
    sent = [world.agent.write(anna.topic, line) for line in LINES]
    for line in LINES:
        anna.customer.write(line.upper())
    await world.settle(1)
    assert not any(message.reactions for message in sent)
    await world.settle(60)
    assert lines(world, anna.customer.chat) == LINES
    assert written_below_the_card(world, anna.topic) == [line.upper() for line in LINES]
    assert all(message.reactions == {world.bot: DELIVERED} for message in sent)


async def test_the_user_is_deactivated_and_the_agent_is_told_sent(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    anna.customer.person.deactivate()
    sent = [world.agent.write(anna.topic, line) for line in LINES[:3]]
    await world.settle()
    notice = next(text for text in by_bot(world, anna.topic) if "user is deactivated" in text)
    assert "не доходят до клиента" in notice
    assert not any(message.reactions for message in sent)
    later = world.agent.write(anna.topic, "ещё")
    await world.settle()
    assert "user is deactivated" in (anna.topic.last.text or "")
    assert anna.topic.last.reply_to is later
    assert not later.reactions


# Flood control.


async def test_of_three_quick_messages_two_are_dropped_by_the_flood_guard(world: World) -> None:
    anna = await seed(world)
    world.pg.flood = FloodLimits(group_per_minute=2)
    for line in LINES[:3]:
        anna.customer.write(line)
    await leap(world, 200, 5)
    assert written_below_the_card(world, anna.topic) == LINES[:3]


async def test_a_customers_message_meets_429_and_is_lost(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    boris = await seed(world, "Борис")
    world.pg.faults.add(Fault("sendMessage", TooMany(40), world.group.id))
    for line in LINES:
        anna.customer.write(line)
        boris.customer.write(line)
    await world.settle(10)
    struck = [call for call in world.pg.calls if call.error_code == 429]
    assert len(struck) <= 4
    await world.settle(60)
    for topic in (anna.topic, boris.topic):
        assert written_below_the_card(world, topic) == LINES
    assert world.pg.calls_during_retry_after == 0


async def test_a_429_is_retried_without_retry_after_a_thousand_times(world: World) -> None:
    seeds = [await seed(world, name) for name in ("Анна", "Борис", "Вера", "Глеб", "Дина", "Егор")]
    world.pg.faults.add(Fault("sendMessage", TooMany(30), world.group.id, times=None))
    for one in seeds:
        one.customer.write("есть кто?")
    await world.settle(5)
    world.pg.calls.clear()
    for _ in range(3):
        await world.settle(31)
    # One call probes, the rest waits for what it is told.
    probes = [call for call in world.pg.calls if call.chat_id == world.group.id]
    assert 2 <= len(probes) <= 3
    assert all(call.error_code == 429 for call in probes)
    world.pg.faults.clear()
    await world.settle(40)
    assert all(one.topic.last.text == "есть кто?" for one in seeds)
    assert world.pg.calls_during_retry_after == 0


async def test_a_429_is_retried_out_of_order(world: World) -> None:
    seeds = [await seed(world, name) for name in ("Анна", "Борис", "Вера", "Глеб")]
    world.pg.flood = FloodLimits()
    for number in range(12):
        for one in seeds:
            one.customer.write(f"{number}")
    await leap(world, 400, 10)
    for one in seeds:
        assert written_below_the_card(world, one.topic) == [str(number) for number in range(12)]
    assert world.pg.calls_during_retry_after == 0
    refused = [call for call in world.pg.calls if call.error_code == 429]
    assert len(refused) <= 12


@pytest.mark.parametrize("side", ["customer", "agent"])
async def test_a_message_is_given_up_and_nobody_is_told(world: World, side: str) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault("sendMessage", ServerError(500), when=lambda call: call.text("text") == "Готово", times=None)
    )
    by_agent = side == "agent"
    message = world.agent.write(anna.topic, "Готово") if by_agent else anna.customer.write("Готово")
    await leap(world, 25 * 3600, 2500)
    notice = anna.topic.last
    assert ("не доставлено" if by_agent else "не удалось показать") in (notice.text or "")
    assert "Internal Server Error" in (notice.text or "")
    assert not message.reactions
    if not by_agent:
        told = anna.customer.bots()[-1]
        assert told.reply_to is message
        assert "передать" in (told.text or "")

    world.pg.faults.clear()
    world.agent.press(notice, "Отправить ещё раз")
    await world.settle(10)
    assert "Готово" in texts(anna.customer.chat if by_agent else anna.topic, of=world.bot)
    assert message.reactions == ({world.bot: DELIVERED} if by_agent else {})


# Albums.


async def test_the_first_contact_is_an_album_and_becomes_three_topics_or_locks_the_customer_out(
    any_world: World,
) -> None:
    world = any_world
    anna = world.customer()
    kinds = [Photo() if at % 3 else Video() for at in range(10)]
    with world.pg.hold_updates():
        album = anna.person.send_album(anna.chat, kinds, caption="Экран & <чек>")
        world.pg.release_updates(batch=4, batches=1)
        await world.settle(0.5)
        world.pg.release_updates(batch=6, batches=1)
        await world.settle(0)
    await anna.choose_language("Русский")
    for label in ("New request", "I agree", "No", "Continue"):
        await anna.press(label)
    await anna.say("Терминал молчит")
    await anna.say("123456789012")
    # The caption is the description, and nothing is asked twice.
    await anna.press("Skip")
    assert "10 вложений" in (anna.bots()[-1].text or "")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(4)
    assert len(world.group.topics) == 1
    card, *relayed = world.topic().messages[1:]
    assert [message.file_id for message in relayed] == [message.file_id for message in album]
    assert len({message.album for message in relayed}) == 1
    assert relayed[0].text == "Экран & <чек>"
    assert "Экран" not in (card.text or "")
    await anna.say("Слышите?")
    await world.settle()
    assert world.topic().last.text == "Слышите?"


async def test_an_album_item_that_comes_a_fifth_of_a_second_late_is_dropped(world: World) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        asked = anna.customer.person.send_album(anna.customer.chat, [Photo() for _ in range(4)], "Экран")
        answer = world.agent.send_album(anna.topic, [Photo() for _ in range(4)], "Схема")
        for _ in range(8):
            world.pg.release_updates(batch=1, batches=1)
            await world.settle(0.2)
        await world.settle(2)
    for sent, there in ((asked, anna.topic), (answer, anna.customer.chat)):
        got = [message for message in there.messages if message.sender is world.bot and message.file_id]
        assert [message.file_id for message in got] == [message.file_id for message in sent]
        assert len({message.album for message in got}) == 1


async def test_an_album_loses_its_caption_and_order(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    sent = world.agent.send_album(anna.topic, [Photo() for _ in range(10)], "Десять шагов")
    after = world.agent.write(anna.topic, "Сначала первый")
    await world.settle()
    got = anna.customer.bots()
    assert [message.file_id for message in got[:10]] == [message.file_id for message in sent]
    assert len({message.album for message in got[:10]}) == 1
    assert [message.text for message in got] == ["Десять шагов", *[None] * 9, "Сначала первый"]
    assert sent[0].reactions == after.reactions == {world.bot: DELIVERED}


async def test_a_restart_while_waiting_for_an_album_loses_it(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.person.send_album(anna.customer.chat, [Photo(), Photo(), Photo()], "Экран")
    answer = world.agent.send_album(anna.topic, [Photo(), Photo(), Photo()], "Схема")
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    await restart(world)
    await world.settle()
    for sent, there in ((asked, anna.topic), (answer, anna.customer.chat)):
        assert _files(world, there.messages) == [message.file_id for message in sent]
        assert sent[0].text in texts(there, of=world.bot)


# The process, the database.


@pytest.mark.timeout(180)
async def test_kill_9_between_receive_and_send_loses_or_doubles_it(
    launcher: Path, sqlite_url: str, tmp_path: Path
) -> None:
    async with running_rig(launcher, sqlite_url, tmp_path) as rig:
        await rig.launcher.start()
        anna = rig.customer()
        await anna.open_ticket()
        failing = rig.pg.faults.add(Fault("sendMessage", ServerError(500), rig.group.id, times=None))
        anna.write()
        await until(lambda: failing.struck and not rig.pg.pending_updates(rig.bot), "received, not sent")
        await rig.launcher.kill()
        anna.write()
        rig.pg.faults.clear()
        await rig.launcher.start()
        await until(lambda: tokens(anna.in_threads()) == anna.asked, "both sent", chat=anna.chat)
        # By then every outcome is committed.
        await rig.quiet()
        await rig.launcher.restart()
        found = await look(rig)
        assert not found.wrong()
        assert not found.excused
        assert not rig.errors()


async def test_an_eight_second_database_lock_stops_the_relay_for_good(world: World) -> None:
    anna = await seed(world)
    assert world.app is not None
    outside = sqlite3.connect(world.app.store.url.database or "", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    answer = world.agent.write(anna.topic, "раз")
    anna.customer.write("два")
    freezes = []
    for _ in range(16):
        await really(world, lambda: not world.pg.in_flight)
        world.clock.move_to(world.clock.now() + timedelta(seconds=0.5))
        before = time.monotonic()
        await sleep(0.01)
        freezes.append(time.monotonic() - before)
    assert not texts(anna.customer.chat, of=world.bot)
    assert not answer.reactions
    assert sorted(freezes)[-2] < 1
    outside.execute("ROLLBACK")
    outside.close()
    await world.settle(20)
    assert texts(anna.customer.chat, of=world.bot) == ["раз"]
    assert anna.topic.last.text == "два"
    assert answer.reactions == {world.bot: DELIVERED}


# Cards and topics.


async def test_angle_brackets_in_a_description_or_a_name_break_the_card_while_the_customer_reads_accepted(
    world: World,
) -> None:
    eve = world.customer("<b>Eve</b> & {0} %s", last_name="< 3")
    topic = await eve.open_ticket(subject="<Ошибка & %d>", description="Код <500> </b> {name}")
    assert topic.name == "#1001 · 123456789012 · <b>Eve</b> & {0} %s <."
    card = topic.messages[1].text or ""
    for typed in ("<b>Eve</b> & {0} %s < 3", "<Ошибка & %d>", "Код <500> </b> {name}"):
        assert typed in card
    assert says(world, eve.chat, "#1001")


async def test_a_topic_deleted_by_an_agent_is_never_made_again(any_world: World) -> None:
    world = any_world
    world.group.promote(world.agent)
    anna = await seed(world)
    anna.customer.write("до")
    await world.settle()
    world.agent.delete_topic(anna.topic)
    with world.pg.hold_updates():
        for line in LINES:
            anna.customer.write(line)
    await world.settle()
    assert len(world.group.topics) == 1
    topic = world.topic()
    assert topic.name == anna.topic.name
    card, *rest = topic.messages[1:]
    assert "#1001 · новая" in (card.text or "")
    assert "\n".join(message.text or "" for message in rest).split("\n") == LINES

    answer = world.agent.write(topic, "Отвечаю здесь")
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["Отвечаю здесь"]
    assert answer.reactions == {world.bot: DELIVERED}
    await press(world, card, "Решить")
    assert "решена" in (card.text or "")


@pytest.mark.parametrize("effect", [ServerError(500), TooMany(7)], ids=str)
async def test_create_forum_topic_fails_and_the_message_lands_in_general(
    any_world: World, effect: Effect
) -> None:
    world = any_world
    world.pg.faults.add(Fault("createForumTopic", effect, times=2))
    anna = await seed(world, shown=False)
    for line in LINES:
        anna.customer.write(line)
    await world.settle(60)
    assert len(world.group.topics) == 1
    assert written_below_the_card(world, world.topic()) == LINES
    assert not by_bot(world, world.group)[len(texts(world.topic(), of=world.bot)) :]
    assert world.pg.calls_during_retry_after == 0


# The relay.


async def test_video_audio_and_voice_vanish(world: World) -> None:
    anna = await seed(world)
    for person, here, there in (
        (anna.customer.person, anna.customer.chat, anna.topic),
        (world.agent, anna.topic, anna.customer.chat),
    ):
        sent = [person.send(here, kind()) for kind in (Video, Audio, Voice, VideoNote)]
        await world.settle()
        assert _files(world, there.messages) == [message.file_id for message in sent]


async def test_an_unknown_kind_is_dropped_without_a_word(world: World) -> None:
    anna = await seed(world)
    copied = anna.customer.person.send_content(anna.customer.chat, "hologram", {"depth": 3})
    refused = world.pg.new_message(anna.customer.chat, anna.customer.person, "hologram")
    refused.extra, refused.flags["has_protected_content"] = {"depth": 4}, True
    world.pg.post(refused)
    await world.settle()
    shown, notice = anna.topic.messages[-2:]
    assert (shown.kind, shown.extra) == (copied.kind, copied.extra)
    assert "не удалось показать" in (notice.text or "")
    assert notice.buttons == [["Отправить ещё раз"]]
    told = anna.customer.bots()[-1]
    assert told.reply_to is refused
    assert "передать" in (told.text or "")


async def test_a_plain_message_in_the_topic_never_reaches_the_customer(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    plain = world.agent.write(anna.topic, "Здравствуйте")
    reply = world.agent.write(anna.topic, "Проверяем", reply_to=anna.card)
    await world.settle()
    assert texts(anna.customer.chat) == ["Здравствуйте", "Проверяем"]
    assert plain.reactions == reply.reactions == {world.bot: DELIVERED}


async def test_a_second_ticket_makes_every_reply_raise(world: World) -> None:
    anna = await seed(world)
    await open_ticket(world, anna.customer)
    await world.settle()
    first, second = world.group.topics
    world.agent.write(first, "О первой")
    world.agent.write(second, "О второй")
    await world.settle()
    assert sorted(texts(anna.customer.chat)) == ["#1001\nО первой", "#1002\nО второй"]
    replied = next(message for message in anna.customer.bots() if "О второй" in (message.text or ""))
    anna.customer.write("ответ на вторую", reply_to=replied)
    await world.settle()
    assert second.last.text == "ответ на вторую"


async def _replies_edits_and_reactions_cross(world: World, *, restarted: bool) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Не рабтает")
    await world.settle()
    shown = anna.topic.last
    answer = world.agent.write(anna.topic, "Смотрм")
    await world.settle()
    got = anna.customer.bots()[-1]
    if restarted:
        await restart(world)
    anna.customer.person.edit(asked, "Не работает")
    world.agent.edit(answer, "Смотрим")
    anna.customer.person.react(got, "❤")
    world.agent.react(shown, "👍")
    back = anna.customer.write("Спасибо", reply_to=got)
    world.agent.write(anna.topic, "Ждите", reply_to=shown)
    await world.settle()
    assert (shown.text, got.text) == ("Не работает", "Смотрим")
    assert (asked.reactions, answer.reactions) == ({world.bot: "👍"}, {world.bot: "❤"})
    assert [m.reply_to for m in anna.topic.messages if m.text == back.text] == [answer]
    assert [m.reply_to for m in anna.customer.bots() if m.text == "Ждите"] == [asked]


async def test_replies_edits_and_reactions_stop_mapping_after_a_restart(world: World) -> None:
    await _replies_edits_and_reactions_cross(world, restarted=True)


# What support staff ask for.


async def test_asked_for_edits_and_replies_that_cross_over_in_both_directions(world: World) -> None:
    await _replies_edits_and_reactions_cross(world, restarted=False)


async def test_asked_for_honest_delivery_marks(world: World) -> None:
    anna = await seed(world)
    slow = world.pg.faults.add(Fault("sendMessage", Slow(20, applied_first=False), anna.customer.person.id))
    answer = world.agent.write(anna.topic, "Проверяем")
    note = world.agent.write(anna.topic, "// секрет")
    await really(world, lambda: slow.struck == 1 and note.reactions)
    assert note.reactions == {world.bot: "✍"}
    assert not answer.reactions
    assert not texts(anna.customer.chat)
    world.clock.move_to(world.clock.now() + timedelta(seconds=21))
    await world.settle()
    assert texts(anna.customer.chat) == ["Проверяем"]
    assert answer.reactions == {world.bot: DELIVERED}


async def test_asked_for_closing_by_the_customer(world: World) -> None:
    anna = await seed(world)
    await anna.customer.say("/my")
    await anna.customer.press("Терминал не принимает карты")
    await anna.customer.press("Close request")
    await world.settle()
    assert anna.is_closed()
    assert "закрыта" in (anna.card.text or "")


async def test_asked_for_reopening_on_a_new_message(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "Готово, проверьте")
    await world.settle()
    answer = anna.customer.chat.messages[-1]
    await press(world, anna.card, "Закрыть")
    anna.customer.write("Нет, опять", reply_to=answer)
    await world.settle()
    assert not anna.is_closed()
    assert "Нет, опять" in texts(anna.topic)
    assert "в работе" in (anna.card.text or "")


async def test_asked_for_the_tickets_status_in_its_topic(world: World) -> None:
    anna = await seed(world)
    assert "#1001 · новая" in (anna.card.text or "")
    for label, state, closed in (
        ("Взять", "в работе", False),
        ("Решить", "решена", False),
        ("Закрыть", "закрыта", True),
        ("Открыть снова", "в работе", False),
    ):
        await press(world, anna.card, label)
        assert f"#1001 · {state}" in (anna.card.text or "")
        assert anna.is_closed() is closed


async def test_asked_for_notice_of_follow_ups(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "Готово, проверьте")
    await world.settle()
    answer = anna.customer.chat.messages[-1]
    await press(world, anna.card, "Закрыть")
    # Longer than the profile lets a ticket be reopened.
    await leap(world, 15 * 24 * 3600, 24 * 3600)
    world.pg.calls.clear()
    anna.customer.write("Опять то же", reply_to=answer)
    await world.settle()
    assert anna.is_closed()
    follow_up = world.topic()
    assert "Продолжение заявки #1001" in (follow_up.messages[1].text or "")
    assert follow_up.last.text == "Опять то же"
    assert (await ticket_of(world, 1002)).linked_to == anna.number
    # Telegram's own notification is the notice: nothing goes there silently.
    assert not any(call.param("disable_notification") for call in world.pg.calls)


async def test_asked_for_a_start_up_check_of_the_bots_rights(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def told_at_start() -> str:
        caplog.clear()
        await restart(world)
        return "\n".join(record.getMessage() for record in caplog.records if record.levelno > logging.INFO)

    assert not await told_at_start()
    world.group.set_rights(world.bot, can_manage_topics=False)
    assert "give it the right “Manage topics”" in await told_at_start()
    world.group.demote(world.bot)
    assert "The bot is no administrator of the group: make it one" in await told_at_start()
    world.group.kick(world.bot)
    assert f"the group {world.group.id} cannot be reached" in await told_at_start()
    world.group.add_bot(world.bot)
    assert not await told_at_start()
