"""What agents write in a thread: answers cross, notes stay, and the marks tell which was which."""

import pytest

from playground import Document, Photo, SeenMessage
from tests.agents.seeds import DELIVERED, NOTED, restart, seed
from tests.world import World, texts

HIDDEN = "похоже на прошивку"


def _mark(world: World, message: SeenMessage) -> str | None:
    return message.reactions.get(world.bot)


async def test_talk_in_general_does_not_cross(world: World) -> None:
    anna = await seed(world)
    talk = world.agent.write(world.group, "Кто обедать?")
    other = world.group.open_topic("Отпуска", by=world.group.owner)
    elsewhere = world.agent.write(other, "Меня не будет в среду")
    await world.settle()
    assert not texts(anna.customer.chat)
    assert not talk.reactions
    assert not elsewhere.reactions


@pytest.mark.parametrize(
    "text", [f"// {HIDDEN}", f"//{HIDDEN}", f"/note {HIDDEN}", f"/note@talon_bot {HIDDEN}"]
)
async def test_notes_stay(world: World, text: str) -> None:
    anna = await seed(world)
    note = world.agent.write(anna.topic, text)
    await world.settle()
    assert not texts(anna.customer.chat)
    assert _mark(world, note) == NOTED

    reply = world.agent.write(anna.topic, "согласен", reply_to=note)
    again = world.agent.write(anna.topic, "и я", reply_to=reply)
    await world.settle()
    assert not texts(anna.customer.chat)
    assert _mark(world, reply) == _mark(world, again) == NOTED


@pytest.mark.parametrize("text", ["/psotpone завтра", "/HLEP", "/psotpone@talon_bot"])
async def test_a_mistyped_command_is_no_answer(world: World, text: str) -> None:
    anna = await seed(world)
    message = world.agent.write(anna.topic, text)
    await world.settle()
    assert not texts(anna.customer.chat)
    told = anna.topic.messages[-1]
    assert told.reply_to is message
    command = text.split()[0].lower().removesuffix("@talon_bot")
    assert (told.text or "").startswith(f"Команды {command} нет, клиенту ничего не отправлено.")


@pytest.mark.parametrize("text", ["/help@weather_bot", "/time@weather_bot Рига", "/psotpone@weather_bot"])
async def test_a_command_for_another_bot_is_no_matter_of_ours(world: World, text: str) -> None:
    anna = await seed(world)
    before = len(anna.topic.messages)
    for place in (anna.topic, world.group):
        world.agent.write(place, text)
    await world.settle()
    assert not texts(anna.customer.chat)
    assert len(anna.topic.messages) == before + 1
    assert not [m for m in world.group.messages if m.reply_to is not None]


@pytest.mark.parametrize("text", ["/24 — это маска", "/etc/hosts", "смотрите /help", "/ вместо точки"])
async def test_what_only_looks_like_a_command_is_an_answer(world: World, text: str) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, text)
    await world.settle()
    assert texts(anna.customer.chat) == [text]


async def test_a_reply_to_a_note_is_a_note_after_a_restart_too(world: World) -> None:
    anna = await seed(world)
    note = world.agent.write(anna.topic, f"// {HIDDEN}")
    await world.settle()
    await restart(world)
    reply = world.agent.write(anna.topic, "согласен", reply_to=note)
    await world.settle()
    assert not texts(anna.customer.chat)
    assert _mark(world, reply) == NOTED


async def test_files_with_a_note_for_caption_stay(world: World) -> None:
    anna = await seed(world)
    photo = world.agent.send_photo(anna.topic, f"// {HIDDEN}")
    pictures = world.agent.send_album(anna.topic, [Photo(), Photo()], f"// {HIDDEN}")
    # Clients put the caption of an album of documents under the last.
    papers = world.agent.send_album(anna.topic, [Document(), Document(), Document()], f"// {HIDDEN}")
    await world.settle()
    assert not anna.customer.bots()
    for noted in (photo, pictures[0], papers[0]):
        assert _mark(world, noted) == NOTED


async def test_what_comes_late_with_a_note_for_caption_stays(world: World) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        papers = world.agent.send_album(anna.topic, [Document(), Document(), Document()], f"// {HIDDEN}")
        world.pg.release_updates(2, 1)
        await world.settle(5)
    await world.settle(5)
    assert [message.file_id for message in anna.customer.bots()] == [each.file_id for each in papers[:2]]


async def test_an_album_in_reply_to_a_note_is_a_note(world: World) -> None:
    anna = await seed(world)
    note = world.agent.write(anna.topic, f"// {HIDDEN}")
    world.agent.send_album(anna.topic, [Photo(), Photo()], reply_to=note)
    await world.settle()
    assert not anna.customer.bots()


async def test_editing_turns_no_note_into_an_answer_nor_back(world: World) -> None:
    anna = await seed(world)
    note = world.agent.write(anna.topic, f"// {HIDDEN}")
    answer = world.agent.write(anna.topic, "Проверяем")
    await world.settle()
    world.agent.edit(note, HIDDEN)
    world.agent.edit(answer, "// Проверяем")
    await world.settle()
    assert texts(anna.customer.chat) == ["// Проверяем"]
    assert _mark(world, note) == NOTED
    assert _mark(world, answer) == DELIVERED


async def test_an_album_over_two_batches_with_a_late_item(world: World) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        sent = world.agent.send_album(anna.topic, [Photo() for _ in range(4)], "Схема")
        world.pg.release_updates(2, 1)
        await world.settle(0.4)
        world.pg.release_updates(1, 1)
        await world.settle(5)
    await world.settle()
    got = anna.customer.bots()
    assert [message.file_id for message in got] == [message.file_id for message in sent]
    assert len({message.album for message in got[:3]}) == 1
    assert got[3].reply_to is got[0]


async def test_the_mark_gives_way_to_the_customers_reaction(world: World) -> None:
    anna = await seed(world)
    answer = world.agent.write(anna.topic, "Готово")
    await world.settle()
    copy = anna.customer.bots()[-1]
    anna.customer.person.react(copy, "🔥")
    await world.settle()
    assert _mark(world, answer) == "🔥"
    anna.customer.person.react(copy, None)
    await world.settle()
    assert _mark(world, answer) == DELIVERED


async def test_the_mark_of_an_album_gives_way_too(world: World) -> None:
    anna = await seed(world)
    album = world.agent.send_album(anna.topic, [Photo(), Photo()], "Готово")
    await world.settle()
    anna.customer.person.react(anna.customer.bots()[0], "🔥")
    await world.settle()
    assert [_mark(world, item) for item in album] == ["🔥", None]


async def test_a_group_that_forbids_reactions_fails_nothing(world: World) -> None:
    anna = await seed(world)
    world.group.available_reactions = ["👍"]
    world.agent.write(anna.topic, "Готово")
    world.agent.write(anna.topic, "Проверьте")
    await world.settle()
    assert texts(anna.customer.chat) == ["Готово", "Проверьте"]
    assert len(anna.topic.messages) == 4
