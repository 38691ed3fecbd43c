"""Every kind of message, in both directions: it crosses, or both sides read that it cannot."""

from collections.abc import Callable

from playground import (
    Animation,
    Audio,
    Chat,
    Document,
    Person,
    Photo,
    PrivateChat,
    SeenMessage,
    Sticker,
    Topic,
    Video,
    VideoNote,
    Voice,
)
from tests.agents.seeds import DELIVERED, leap, open_ticket, restart, says, seed
from tests.world import World, texts

Side = PrivateChat | Topic
Send = Callable[[Person, Side], SeenMessage | list[SeenMessage]]

BOLD = [{"type": "bold", "offset": 0, "length": 4}, {"type": "code", "offset": 5, "length": 3}]
LONG = "д" * 4096


def _spoiler(person: Person, side: Side) -> SeenMessage:
    world_chat = side.group if isinstance(side, Topic) else side
    message = person._with_file(side, Photo(), "секрет", None, None, False)
    message.flags["has_media_spoiler"] = True
    return world_chat.world.post(message)


def _forwarded(person: Person, side: Side) -> SeenMessage:
    world = (side.group if isinstance(side, Topic) else side).world
    friend = world.add_person("Друг")
    elsewhere = world.add_group("Друзья", owner=friend)
    elsewhere.join(person)
    return person.forward(friend.write(elsewhere, "У меня так же"), side)


def _forwarded_photo(person: Person, side: Side) -> SeenMessage:
    world = (side.group if isinstance(side, Topic) else side).world
    friend = world.add_person("Друг")
    elsewhere = world.add_group("Друзья", owner=friend)
    elsewhere.join(person)
    return person.forward(friend.send_photo(elsewhere, "Вот фото"), side)


QUIZ = {
    "id": "77",
    "question": "Сколько?",
    "options": [
        {"text": "1", "voter_count": 0, "persistent_id": "a"},
        {"text": "2", "voter_count": 0, "persistent_id": "b"},
    ],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "quiz",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}

# What crosses as it is: the same kind, text, entities and file on the other side.
SAME: dict[str, Send] = {
    "text": lambda p, s: p.write(s, "Просто текст"),
    "text with entities": lambda p, s: p.write(s, "Жирн код <b>&amp; {0} %s", entities=BOLD),
    "text of 4096 characters": lambda p, s: p.write(s, LONG),
    "photo": lambda p, s: p.send_photo(s),
    "photo with caption": lambda p, s: p.send_photo(s, "Жирн код", entities=BOLD),
    "photo with the longest caption": lambda p, s: p.send_photo(s, "п" * 1024),
    "photo behind a spoiler": _spoiler,
    "video": lambda p, s: p.send_video(s, "Видео"),
    "animation": lambda p, s: p.send_animation(s, "Гифка"),
    "audio": lambda p, s: p.send_audio(s, "Песня"),
    "document": lambda p, s: p.send_document(s, "Жирн код", entities=BOLD),
    "document without caption": lambda p, s: p.send_document(s),
    "voice": lambda p, s: p.send_voice(s),
    "voice with caption": lambda p, s: p.send_voice(s, "Голосом"),
    "video note": lambda p, s: p.send_video_note(s),
    "sticker": lambda p, s: p.send_sticker(s),
    "contact": lambda p, s: p.send_contact(s, "+37129999999", "Мастер", last_name="Ильин"),
    "location": lambda p, s: p.send_location(s),
    "venue": lambda p, s: p.send_venue(s),
    "poll": lambda p, s: p.send_poll(s, "Когда?", ("Сейчас", "Потом")),
    "quiz": lambda p, s: p.send_content(s, "poll", QUIZ),
    "story": lambda p, s: p.send_story(s),
    "forwarded text": _forwarded,
    "forwarded photo": _forwarded_photo,
    "album of photos and videos": lambda p, s: p.send_album(s, [Photo(), Video(), Photo()], "Альбом"),
    "album of documents": lambda p, s: p.send_album(s, [Document(), Document()], "Бумаги"),
    "album of audio": lambda p, s: p.send_album(s, [Audio(), Audio()], "Музыка"),
    "album of ten": lambda p, s: p.send_album(s, [Photo() for _ in range(10)]),
    "invoice": lambda p, s: p.send_content(
        s,
        "invoice",
        {"title": "Т", "description": "О", "start_parameter": "x", "currency": "EUR", "total_amount": 100},
    ),
    "a kind of tomorrow": lambda p, s: p.send_content(s, "hologram", {"depth": 3}),
}
_EXACT = {"contact", "venue"}


def _facts(message: SeenMessage) -> tuple[object, ...]:
    extra: object = None
    if message.kind in _EXACT:
        extra = {key: value for key, value in message.extra.items() if key != "user_id"}
    elif message.kind == "location":
        extra = (message.extra["latitude"], message.extra["longitude"])
    elif message.kind == "poll":
        extra = (message.extra["question"], [option["text"] for option in message.extra["options"]])
    elif message.kind == "dice":
        extra = message.extra["value"]
    spoiler = message.flags.get("has_media_spoiler", False)
    return message.kind, message.html, message.file_id, extra, spoiler


def _new(place: Chat | Topic, world: World, known: int) -> list[SeenMessage]:
    return [message for message in place.messages[known:] if message.sender is world.bot]


async def _cross(world: World, sends: dict[str, Send], who: Person, here: Side, there: Side) -> list[str]:
    """Send each kind here; gives back what did not stand there as it was sent."""
    wrong = []
    for name, send in sends.items():
        known = len(there.messages)
        sent = send(who, here)
        sent = sent if isinstance(sent, list) else [sent]
        await world.settle(2.5)
        got = _new(there, world, known)
        if [_facts(message) for message in got] != [_facts(message) for message in sent]:
            wrong.append(f"{name}: sent {[_facts(m) for m in sent]}, got {[_facts(m) for m in got]}")
        elif len({message.album for message in got}) != 1 or (len(sent) > 1) != bool(got[0].album):
            wrong.append(f"{name}: not one album")
        elif isinstance(here, Topic) and sent[0].reactions.get(world.bot) != DELIVERED:
            wrong.append(f"{name}: no mark")
    return wrong


async def test_every_kind_from_the_customer(world: World) -> None:
    anna = await seed(world)
    person, chat = anna.customer.person, anna.customer.chat
    assert not await _cross(world, SAME, person, chat, anna.topic)
    assert not anna.customer.bots()


async def test_every_kind_from_an_agent(world: World) -> None:
    anna = await seed(world)
    assert not await _cross(world, SAME, world.agent, anna.topic, anna.customer.chat)


async def test_dice_shows_the_number_it_showed(world: World) -> None:
    anna = await seed(world)
    thrown = anna.customer.person.send_dice(anna.customer.chat)
    await world.settle()
    assert anna.topic.last.text == f"🎲 {thrown.extra['value']}"
    back = world.agent.send_dice(anna.topic, "🎯")
    await world.settle()
    assert anna.customer.bots()[-1].text == f"🎯 {back.extra['value']}"


async def test_what_cannot_cross_from_the_customer_is_said_on_both_sides(world: World) -> None:
    anna = await seed(world)
    for content in ("paid_media", "hologram"):
        message = world.pg.new_message(anna.customer.chat, anna.customer.person, content)
        message.extra = {"star_count": 5, "paid_media": []}
        message.flags["has_protected_content"] = True
        world.pg.post(message)
        await world.settle()
        notice = anna.topic.last
        assert "не удалось показать" in (notice.text or "")
        assert notice.buttons == [["Отправить ещё раз"]]
        told = anna.customer.bots()[-1]
        assert told.reply_to is message
        assert "передать" in (told.text or "")


async def test_what_cannot_cross_from_an_agent_is_said_in_the_thread(world: World) -> None:
    anna = await seed(world)
    message = world.pg.new_message(world.group, world.agent, "hologram", topic=anna.topic)
    message.extra = {"depth": 3}
    message.flags["has_protected_content"] = True
    world.pg.post(message)
    await world.settle()
    assert anna.topic.last.reply_to is message
    assert "не доставлено" in (anna.topic.last.text or "")
    assert not message.reactions
    assert not anna.customer.bots()


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


async def test_a_text_that_becomes_a_file(world: World) -> None:
    anna = await seed(world)
    asked = anna.customer.write("Вот экран")
    answer = world.agent.write(anna.topic, "Вот схема")
    await world.settle()
    anna.customer.person.edit_file(asked, Photo(), "Вот экран")
    world.agent.edit_file(answer, Photo(), "Вот схема")
    await world.settle(10)
    assert asked.file_id in [m.file_id for m in anna.topic.messages if m.sender is world.bot]
    assert answer.file_id in [m.file_id for m in anna.customer.bots()]


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


async def test_kinds_are_listed_in_my_requests(world: World) -> None:
    anna = await seed(world)
    for send in (VideoNote, Voice, Sticker, Animation, Audio):
        anna.customer.person.send(anna.customer.chat, send())
    await leap(world, 5)
    assert [m.kind for m in anna.topic.messages[2:]] == [
        "video_note", "voice", "sticker", "animation", "audio",
    ]  # fmt: skip
