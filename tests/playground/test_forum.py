import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest, TelegramMigrateToChat

from playground import Bot, Group, Person, Playground
from tests.playground.updates import drain


async def test_a_topic_is_named_by_the_message_that_opens_it(
    bot: Client, group: Group, agent: Person
) -> None:
    made = await bot.create_forum_topic(group.id, "T1")
    (topic,) = group.topics
    assert topic.id == made.message_thread_id == topic.messages[0].id
    assert topic.messages[0].kind == "forum_topic_created"
    sent = await bot.send_message(group.id, "card", message_thread_id=topic.id)
    assert sent.is_topic_message
    assert sent.message_thread_id == topic.id
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == topic.id
    assert sent.reply_to_message.forum_topic_created is not None
    assert [message.text for message in topic.messages] == [None, "card"]
    await drain(bot)
    agent.write(topic, "plain")
    agent.write(topic, "reply", reply_to=topic.messages[1])
    agent.write(group, "general")
    plain, reply, general = [update.message for update in await bot.get_updates()]
    assert plain is not None
    assert reply is not None
    assert general is not None
    assert plain.reply_to_message is not None
    assert plain.reply_to_message.message_id == topic.id
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "card"
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert general.chat.is_forum


async def test_a_reply_goes_into_the_topic_of_its_message(bot: Client, group: Group, agent: Person) -> None:
    topic = agent.open_topic(group, "T")
    said = agent.write(topic, "x")
    sent = await bot.send_message(group.id, "y", reply_to_message_id=said.id)
    assert sent.message_thread_id == topic.id


async def test_renaming_closing_and_reopening(
    bot: Client, group: Group, talon: Bot, agent: Person, stranger: Person
) -> None:
    topic = agent.open_topic(group, "T")
    assert await bot.edit_forum_topic(group.id, topic.id, name="U")
    assert topic.name == "U"
    assert await bot.close_forum_topic(group.id, topic.id)
    assert topic.closed
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(group.id, topic.id)
    await bot.send_message(group.id, "an administrator may", message_thread_id=topic.id)
    group.join(stranger)
    with pytest.raises(PermissionError):
        stranger.write(topic, "x")
    group.set_rights(talon, can_manage_topics=False)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(group.id, "x", message_thread_id=topic.id)
    with pytest.raises(TelegramBadRequest, match="not enough rights to close or open the topic"):
        await bot.reopen_forum_topic(group.id, topic.id)
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(group.id, "x")
    group.set_rights(talon, can_manage_topics=True)
    assert await bot.reopen_forum_topic(group.id, topic.id)
    kinds = [message.kind for message in topic.messages if message.is_service]
    assert kinds == [f"forum_topic_{what}" for what in ("created", "edited", "closed", "reopened")]


async def test_a_deleted_topic_is_gone_without_an_update(
    bot: Client, group: Group, agent: Person, talon: Bot, pg: Playground
) -> None:
    topic = agent.open_topic(group, "T")
    sent = await bot.send_message(group.id, "x", message_thread_id=topic.id)
    await drain(bot)
    agent.delete_topic(topic)
    assert pg.pending_updates(talon) == 0
    assert group.topics == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=topic.id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("y", chat_id=group.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await bot.close_forum_topic(group.id, topic.id)
    other = await bot.create_forum_topic(group.id, "T")
    assert await bot.delete_forum_topic(group.id, other.message_thread_id)
    assert group.topics == []


@pytest.mark.parametrize(
    ("name", "words"), [("", "TOPIC_TITLE_EMPTY"), ("x" * 129, "topic name is too long")]
)
async def test_refused_topic_names(bot: Client, group: Group, name: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.create_forum_topic(group.id, name)


async def test_general_has_no_thread_id(bot: Client, group: Group) -> None:
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=1)


async def test_without_topics(bot: Client, group: Group, agent: Person, anna: Person) -> None:
    topic = agent.open_topic(group, "T")
    group.set_forum(False)
    for chat_id in (group.id, anna.id):
        with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
            await bot.create_forum_topic(chat_id, "x")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=topic.id)
    group.set_forum(True)
    await bot.send_message(group.id, "x", message_thread_id=topic.id)


async def test_a_reply_chain_is_a_thread_in_a_plain_group(pg: Playground, bot: Client, talon: Bot) -> None:
    group = pg.add_group("Plain")
    group.add_bot(talon)
    root = await bot.send_message(group.id, "root")
    reply = await bot.send_message(group.id, "reply", reply_to_message_id=root.message_id)
    again = await bot.send_message(group.id, "again", reply_to_message_id=reply.message_id)
    assert reply.message_thread_id == again.message_thread_id == root.message_id
    assert root.message_thread_id is None
    assert again.is_topic_message is None


async def test_a_basic_group_moves(pg: Playground, bot: Client, talon: Bot, agent: Person) -> None:
    old = pg.add_group("Basic", kind="group")
    old.add_bot(talon)
    old.join(agent)
    await drain(bot)
    assert -(10**12) < old.id < 0
    new = old.migrate()
    assert new.id < -(10**12)
    messages = [update.message for update in await bot.get_updates()]
    assert [message.chat.id for message in messages if message] == [old.id, new.id]
    assert messages[0] is not None
    assert messages[0].migrate_to_chat_id == new.id
    assert messages[1] is not None
    assert messages[1].migrate_from_chat_id == old.id
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(old.id, "x")
    assert moved.value.migrate_to_chat_id == new.id
    assert (await bot.send_message(new.id, "x")).message_id == 2
    with pytest.raises(PermissionError):
        agent.write(old, "x")
    with pytest.raises(ValueError, match="no basic group"):
        new.migrate()
