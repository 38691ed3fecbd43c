"""Where no ticket is: never a word on the agents' own talk, one on commands that need a ticket."""

import pytest

from playground import DropAfter, Fault, Photo, SeenMessage
from tests.agents.seeds import by_bot, seed
from tests.agents.sides import Side
from tests.world import World

COMMANDS = (
    "/canned photos",
    "/postpone 25.11",
    "/due 25.11",
    "/split Сканер",
    "/time 45",
    "/mark owner",
    "/unmark owner",
    "/erase",
    "/note прошивка",
    "/note@talon_bot прошивка",
)
IN_A_FORUM = "Здесь нет заявки: напишите {} в теме заявки."
IN_A_GROUP = "Здесь нет заявки: ответьте командой {} на карточку заявки или на сообщение под ней."
NOBODY = "Это никому не отправлено: заявки в этой теме больше нет. Где она теперь, подскажет /find."


def answer_to(world: World, asked: SeenMessage) -> str:
    """The bot's only answer, in the topic where the message stands."""
    (answer,) = [m for m in world.group.messages if m.reply_to is asked and m.sender is world.bot]
    assert answer.topic is asked.topic
    return answer.text or ""


async def test_talk_in_the_agents_own_topic_stays_undisturbed(world: World) -> None:
    anna = await seed(world)
    own = world.group.open_topic("Отпуска", by=world.group.owner)
    first = world.agent.write(own, "Меня не будет в среду")
    world.agent.write(own, "Хорошо", reply_to=first)
    world.agent.write(own, "// и в четверг")
    world.agent.send_album(own, [Photo(), Photo()], "Билеты")
    # Commands of others, and of other bots.
    for text in ("/take", "/time@weather_bot Рига", "/note@weather_bot", "/split@other_bot", "/"):
        world.agent.write(own, text)
        world.agent.write(world.group, text)
    await world.settle()
    assert by_bot(world, world.group) == [anna.card.text]
    assert not any(message.reactions for message in own.messages)
    assert not anna.customer.bots()


async def test_a_command_that_needs_a_ticket_says_so(world: World) -> None:
    anna = await seed(world)
    own = world.group.open_topic("Отпуска", by=world.group.owner)
    asked = [world.agent.write(place, text) for text in COMMANDS for place in (own, world.group)]
    await world.settle(10)
    for message in asked:
        command = (message.text or "").split()[0].removesuffix("@talon_bot")
        assert answer_to(world, message) == IN_A_FORUM.format(command)
    # So does what needs one or something else; and what needs none is answered there too.
    world.group.promote(world.agent)
    await world.settle()
    for place in (own, world.group):
        needs = {
            "/ban": "Напишите команду в теме заявки",
            "/ticket": "номер заявки",
            "/del": "командой /del",
            "/announce": "командой /announce",
            "/faq": "вопросы",
        }
        told = {world.agent.write(place, text): words for text, words in needs.items()}
        await world.settle()
        for message, words in told.items():
            assert words in answer_to(world, message)
    assert not anna.customer.bots()


@pytest.mark.parametrize("any_side", ["plain"], indirect=True)
async def test_in_a_plain_group_it_tells_what_to_reply_to(any_side: Side) -> None:
    world = any_side.world
    talk = world.agent.write(world.group, "Это между нами")
    asked = [
        world.agent.write(world.group, "/split"),
        world.agent.write(world.group, "/note прошивка", reply_to=talk),
    ]
    await world.settle()
    assert [answer_to(world, each) for each in asked] == [
        IN_A_GROUP.format("/split"),
        IN_A_GROUP.format("/note"),
    ]
    assert not any_side.seen()


async def test_a_topic_that_was_a_tickets_does_not_pass_for_one(world: World) -> None:
    # Telegram made it, and its answer got lost: the ticket has another.
    world.pg.faults.add(Fault("createForumTopic", DropAfter(), world.group.id))
    anna = await seed(world)
    lost = world.group.topics[0]
    assert lost is not anna.topic
    written = world.agent.write(lost, "Проверьте кабель")
    await world.settle()
    assert answer_to(world, written) == NOBODY
    assert not anna.customer.bots()
