"""What tickets cost of the purse that Telegram allows a group: calls counted as Telegram sees them."""

from collections.abc import Callable

import pytest

from playground import Audio, Call, Document, Photo, PrivateChat, Video, VideoNote, Voice
from tests.agents.seeds import seed
from tests.world import Customer, World, texts

OPENING = ["createForumTopic", "sendMessage"]


def spent(world: World) -> list[Call]:
    """The calls about the group that put or change something there."""
    asks = ("getChat", "getChatMember", "getChatAdministrators")
    return [call for call in world.pg.calls if call.chat_id == world.group.id and call.method not in asks]


def methods(world: World) -> list[str]:
    """What these did, in order."""
    return [call.method for call in spent(world)]


@pytest.mark.parametrize("length", [0, 3000], ids=["a short description", "a description of 3000 characters"])
async def test_a_ticket_costs_one_topic_and_one_message(world: World, length: int) -> None:
    anna = world.customer()
    description = "Ошибка связи" + "ж" * length
    topic = await anna.open_ticket(description=description)
    await world.settle(10)
    assert methods(world) == OPENING
    assert description in (topic.messages[1].text or "")


async def test_a_ticket_costs_one_message_where_there_are_no_topics(sqlite_url: str) -> None:
    world = World(sqlite_url)
    world.group.set_forum(False)
    await world.start()
    await world.settle()
    # The first call finds out that there are none.
    await seed(world, shown=False)
    await world.settle(10)
    assert methods(world) == OPENING
    world.pg.calls.clear()
    await seed(world, "Борис", shown=False)
    await world.settle(10)
    assert methods(world) == ["sendMessage"]
    await world.close()


@pytest.mark.parametrize(
    ("lengths", "more"),
    [((4096,), 1), ((2500, 2500), 1), ((1000, 1000, 1000), 0), ((3000, 4096), 1)],
    ids=str,
)
async def test_only_what_has_no_room_on_the_card_follows_it(
    world: World, lengths: tuple[int, ...], more: int
) -> None:
    anna = world.customer()
    typed = [letter * length for letter, length in zip("жшщ", lengths, strict=False)]
    await _at_files(anna, typed)
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(10)
    assert methods(world) == [*OPENING, *["sendMessage"] * more]
    shown = "\n".join(texts(world.topic(), of=world.bot))
    assert all(part in shown for part in typed)


async def test_attachments_follow_in_as_few_albums_as_their_families_allow(world: World) -> None:
    anna = world.customer()
    await _at_files(anna, ["Ошибка связи"])
    person, chat = anna.person, anna.chat
    sends: list[Callable[[PrivateChat], object]] = [
        person.send_photo,
        lambda chat: person.send_album(chat, [Document(), Document()]),
        person.send_video,
        lambda chat: person.send_album(chat, [Photo(), Video(), Photo()]),
        lambda chat: person.send(chat, Audio()),
        person.send_document,
        lambda chat: person.send(chat, Audio()),
        lambda chat: person.send(chat, Voice()),
        lambda chat: person.send(chat, VideoNote()),
    ]
    for send in sends:
        send(chat)
    await world.settle(2)
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(10)
    assert methods(world)[:2] == OPENING
    files = spent(world)[2:]
    albums = sorted(len(call.param("media")) for call in files if call.method == "sendMediaGroup")
    assert albums == [2, 3, 5]
    alone = sorted(call.method for call in files if call.method != "sendMediaGroup")
    assert alone == ["sendVideoNote", "sendVoice"]


async def _at_files(customer: Customer, description: list[str]) -> None:
    await customer.begin()
    await customer.say("Терминал не принимает карты")
    await customer.say("123456789012")
    await customer.say(description[0])
    await customer.press("Skip")
    for text in description[1:]:
        await customer.say(text)


async def test_a_conversation_costs_one_message_each_way(world: World) -> None:
    anna = await seed(world)
    world.pg.calls.clear()
    anna.customer.write("Ошибка связи")
    await world.settle(10)
    assert methods(world) == ["sendMessage"]
    world.agent.write(anna.topic, "Проверяем")
    await world.settle(10)
    # The card shows who has taken the ticket; marks are no messages.
    assert methods(world) == ["sendMessage", "setMessageReaction", "editMessageText"]
    world.pg.calls.clear()
    world.agent.write(anna.topic, "Готово")
    await world.settle(10)
    assert methods(world) == ["setMessageReaction"]


async def test_ten_changes_within_a_second_cost_at_most_two_edits_of_the_card(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    world.pg.calls.clear()
    for at in range(10):
        action = "release" if at % 2 else "take"
        world.agent.press_data(anna.card, f"t:{action}:{anna.number}")
        await world.pass_time(0.09)
    await world.settle(10)
    assert methods(world).count("editMessageText") <= 2
    assert set(methods(world)) == {"editMessageText"}
    assert "Специалист" not in (anna.card.text or "")


async def test_a_ticket_is_closed_and_opened_by_one_edit_and_one_call_about_its_topic(world: World) -> None:
    anna = await seed(world)
    for action, method in (("close", "closeForumTopic"), ("reopen", "reopenForumTopic")):
        world.pg.calls.clear()
        world.agent.press_data(anna.card, f"t:{action}:{anna.number}")
        await world.settle(10)
        assert sorted(methods(world)) == sorted(["editMessageText", method])
