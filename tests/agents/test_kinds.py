"""What crosses and stays itself, where the table of kinds (`test_every_kind`) is not enough."""

import re
from pathlib import Path

import desk
from playground import (
    Animation,
    Audio,
    Document,
    Fault,
    LivePhoto,
    Photo,
    Sticker,
    TooMany,
    Video,
    VideoNote,
    Voice,
)
from tests.agents.seeds import DELIVERED, colleague, leap, open_ticket, restart, says, seed
from tests.world import World, texts

BOLD = [{"type": "bold", "offset": 0, "length": 4}, {"type": "code", "offset": 5, "length": 3}]
LONG = "д" * 4096


async def test_protecting_or_deleting_the_original_changes_nothing(world: World) -> None:
    anna = await seed(world)
    photo = anna.customer.person._with_file(anna.customer.chat, Photo(), "Фото", None, None, False)
    photo.flags["has_protected_content"] = True
    with world.pg.hold_updates():
        world.pg.post(photo)
        anna.customer.person.delete(photo)
    await world.settle()
    assert anna.topic.last.file_id == photo.file_id


# Replies, quotes, reactions and edits.


async def test_replies_and_quotes_map_both_ways_also_after_a_restart(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    for again in (False, True):
        if again:
            await restart(world)
        asked = anna.customer.write("Что делать с ошибкой 500?")
        await world.settle()
        answer = world.agent.write(anna.topic, "Перезагрузите", reply_to=anna.topic.last, quote="ошибкой 500")
        await world.settle()
        got = anna.customer.bots()[-1]
        assert got.reply_to is asked
        assert got.quote is not None
        assert got.quote["text"] == "ошибкой 500"
        back = anna.customer.write("Помогло", reply_to=got, quote="грузите")
        await world.settle()
        seen = anna.topic.last
        assert back.text == seen.text
        assert seen.reply_to is answer
        assert seen.quote is not None
        assert seen.quote["text"] == "грузите"


async def test_replies_to_albums_and_stickers(world: World) -> None:
    anna = await seed(world)
    album = anna.customer.person.send_album(anna.customer.chat, [Photo(), Photo()], "Два")
    await world.settle()
    second = anna.topic.messages[-1]
    world.agent.send_sticker(anna.topic, reply_to=second)
    await world.settle()
    assert anna.customer.bots()[-1].reply_to in album


async def test_a_quote_that_is_not_in_the_other_copy(world: World) -> None:
    anna = await seed(world)
    await open_ticket(world, anna.customer)
    await world.settle()
    answer = world.agent.write(anna.topic, "Перезагрузите")
    await world.settle()
    got = anna.customer.bots()[-1]
    assert got.text == "#1001\nПерезагрузите"
    anna.customer.write("Какую это?", reply_to=got, quote="#1001\nПерез")
    await world.settle()
    assert anna.topic.last.text == "Какую это?"
    assert anna.topic.last.reply_to is answer


async def test_a_reply_to_what_was_deleted(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Что делать?")
    await world.settle()
    anna.customer.person.delete(asked)
    world.agent.write(anna.topic, "Ждать", reply_to=anna.topic.last)
    await world.settle()
    assert anna.customer.bots()[-1].text == "Ждать"


async def test_edits_cross_both_ways_also_after_a_restart(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    asked = anna.customer.write("Не рабтает")
    photo = anna.customer.person.send_photo(anna.customer.chat, "Подпсь")
    await world.settle()
    answer = world.agent.write(anna.topic, "Смотрм")
    papers = world.agent.send_album(anna.topic, [Document(), Document()], "Инструкця")
    await world.settle()
    for again in ("", "!"):
        anna.customer.person.edit(asked, f"Не работает{again}", BOLD[:1])
        anna.customer.person.edit(photo, f"Подпись{again}")
        world.agent.edit(answer, f"Смотрим{again}")
        world.agent.edit(papers[1], f"Инструкция{again}")
        await world.settle()
        assert [m.html for m in anna.topic.messages[2:4]] == [
            f"<b>Не р</b>аботает{again}",
            f"Подпись{again}",
        ]
        assert texts(anna.customer.chat, of=world.bot) == [f"Смотрим{again}", f"Инструкция{again}"]
        await restart(world)


async def test_an_edit_while_the_message_is_queued(world: World) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        asked = anna.customer.write("Не рабтает")
        answer = world.agent.write(anna.topic, "Смотрм")
        anna.customer.person.edit(asked, "Не работает")
        world.agent.edit(answer, "Смотрим")
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["Смотрим"]
    assert anna.topic.last.text == "Не работает" or "Не работает" in texts(anna.topic)
    assert "Не рабтает" not in texts(anna.topic)


async def test_a_replaced_file_crosses(world: World) -> None:
    anna = await seed(world)
    photo = anna.customer.person.send_photo(anna.customer.chat, "Экран")
    items = world.agent.send_album(anna.topic, [Photo(), Photo()], "Шаги")
    await world.settle()
    anna.customer.person.edit_file(photo, Photo(), "Другой экран")
    world.agent.edit_file(items[1], Video())
    await world.settle()
    shown = next(m for m in anna.topic.messages if m.sender is world.bot and m.kind == "photo")
    assert (shown.file_id, shown.text) == (photo.file_id, "Другой экран")
    assert [m.file_id for m in anna.customer.bots()] == [m.file_id for m in items]
    assert [m.kind for m in anna.customer.bots()] == ["photo", "video"]


async def test_a_caption_keeps_its_header_when_edited(world: World) -> None:
    anna = await seed(world)
    await open_ticket(world, anna.customer)
    await world.settle()
    photo = world.agent.send_photo(anna.topic, "Схма")
    text = world.agent.write(anna.topic, "б" * 4090)
    await world.settle()
    world.agent.edit(photo, "Схема")
    world.agent.edit(text, "в" * 4096)
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["#1001\nСхема", "в" * 4096] or texts(
        anna.customer.chat, of=world.bot
    ) == ["#1001\nСхема", "#1001", "в" * 4096]


async def test_the_longest_text_below_a_header(world: World) -> None:
    anna = await seed(world)
    await open_ticket(world, anna.customer)
    await world.settle()
    answer = world.agent.write(anna.topic, LONG)
    await world.settle()
    assert texts(anna.customer.chat) == ["#1001", LONG]
    assert answer.reactions == {world.bot: DELIVERED}
    anna.customer.write("И что?", reply_to=anna.customer.bots()[-1])
    await world.settle()
    assert anna.topic.last.reply_to is answer


async def test_an_edit_that_changes_nothing_or_repeats(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Раз")
    await world.settle()
    for text in ("Два", "Три", "Раз", "Раз"):
        anna.customer.person.edit(asked, text)
    await world.settle()
    assert anna.topic.last.text == "Раз"
    assert not says(world, anna.topic, "не доставлено")


async def test_reactions_cross_both_ways_also_after_a_restart(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Спасибо")
    await world.settle()
    copy = anna.topic.last
    answer = world.agent.write(anna.topic, "Пожалуйста")
    note = world.agent.write(anna.topic, "// вежливый")
    await world.settle()
    for emoji in ("👍", "❤"):
        world.agent.react(copy, emoji)
        world.agent.react(note, emoji)
        anna.customer.person.react(anna.customer.bots()[-1], emoji)
        await world.settle()
        assert asked.reactions == {world.bot: emoji}
        assert answer.reactions == {world.bot: emoji}
        assert note.reactions[world.bot] == "✍"
        await restart(world)
    world.agent.react(copy, None)
    await world.settle()
    assert not asked.reactions


async def test_an_edit_that_cannot_be_shown_is_said_in_the_thread(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Не рабтает")
    answer = world.agent.write(anna.topic, "Смотрм")
    await world.settle()
    world.group.owner.delete(next(m for m in anna.topic.messages if m.text == "Не рабтает"))
    anna.customer.person.delete(anna.customer.bots()[-1])
    anna.customer.person.edit(asked, "Не работает")
    world.agent.edit(answer, "Смотрим")
    await world.settle()
    assert says(
        world, anna.topic, "показать изменение здесь не удалось. Причина: Bad Request: message to edit"
    )
    told = anna.topic.last
    assert "Клиент не увидит этого изменения" in (told.text or "")
    assert told.reply_to is answer
    assert not anna.customer.bots()


async def test_a_colleagues_words_are_named_where_customers_see_who_answers(
    sqlite_url: str, tmp_path: Path
) -> None:
    shipped = (Path(desk.__file__).parent / "profiles" / "vendotek.toml").read_text()
    named = tmp_path / "named.toml"
    named.write_text(shipped.replace("agent_names = false", "agent_names = true"))
    world = World(sqlite_url, desk=str(named))
    try:
        await world.start()
        await _see_colleagues(world)
    finally:
        await world.close()


async def _see_colleagues(world: World) -> None:
    anna = await seed(world)
    peter = await colleague(world)
    stranger = world.pg.add_person("Другой клиент")
    talk = world.pg.add_group("Курилка", owner=stranger)
    talk.join(peter)
    for person in (peter, stranger):
        world.agent.forward(person.write(talk, "Проверьте антенну"), anna.topic)
    await world.settle()
    assert texts(anna.customer.chat) == [
        "Ольга Смирнова\nПереслано от: Пётр\nПроверьте антенну",
        "Ольга Смирнова\nПроверьте антенну",
    ]


async def test_a_line_above_a_forward_stays_when_others_are_written_at_once(world: World) -> None:
    anna = await seed(world)
    friend = world.pg.add_person("Друг")
    talk = world.pg.add_group("Соседи", owner=friend)
    with world.pg.hold_updates():
        anna.customer.write("Раз")
        anna.customer.person.forward(friend.write(talk, "Два"), anna.customer.chat)
        anna.customer.write("Три")
    world.pg.faults.add(Fault("sendMessage", TooMany(5)))
    await world.settle(20)
    assert texts(anna.topic)[-3:] == ["Раз", "Переслано от: Друг\nДва", "Три"]


async def test_kinds_are_named_in_my_requests(world: World) -> None:
    anna = await seed(world)
    chat, person = anna.customer.chat, anna.customer.person
    for send in (VideoNote, Voice, Sticker, Animation, Audio, LivePhoto):
        person.send(chat, send())
    person.send_venue(chat)
    person.send_location(chat)
    person.send_contact(chat)
    person.send_poll(chat)
    await leap(world, 5)
    await anna.customer.say("/my")
    await world.settle(1)
    label = next(text for row in anna.customer.bots()[-1].buttons for text in row if "#1001" in text)
    person.press(anna.customer.bots()[-1], label)
    await world.settle(2)
    shown = anna.customer.bots()[-1].text or ""
    assert re.findall(r"\[(.+?)\]", shown) == [
        "видеосообщение", "голосовое сообщение", "стикер", "анимация", "аудио", "фото", "место", "геопозиция",
        "контакт", "опрос",
    ]  # fmt: skip
