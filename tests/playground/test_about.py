import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BotCommand, BotCommandScopeChat, ChatMemberAdministrator

from playground import Bot, Group, Person
from tests.playground.updates import drain


async def test_me_and_my_chats(bot: Client, talon: Bot, group: Group, anna: Person) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.can_read_all_group_messages) == (talon.id, "talon_bot", False)
    chat = await bot.get_chat(group.id)
    assert (chat.title, chat.is_forum) == ("Support", True)
    group.available_reactions = ["👍"]
    assert len((await bot.get_chat(group.id)).available_reactions or []) == 1
    assert (await bot.get_chat(anna.id)).username == "anna"
    assert await bot.get_chat_member_count(anna.id) == 2
    mine = await bot.get_chat_member(group.id, talon.id)
    assert isinstance(mine, ChatMemberAdministrator)
    assert mine.can_manage_topics
    with pytest.raises(TelegramBadRequest, match="no administrators in the private chat"):
        await bot.get_chat_administrators(anna.id)


async def test_commands_by_scope_and_language(bot: Client, group: Group) -> None:
    def command(text: str) -> list[BotCommand]:
        return [BotCommand(command="new", description=text)]

    scope = BotCommandScopeChat(chat_id=group.id)
    await bot.set_my_commands(command("New request"))
    await bot.set_my_commands(command("Новая заявка"), language_code="ru")
    await bot.set_my_commands(command("Staff"), scope=scope)
    (default,) = await bot.get_my_commands()
    (russian,) = await bot.get_my_commands(language_code="ru")
    (staff,) = await bot.get_my_commands(scope=scope)
    told = [one.description for one in (default, russian, staff)]
    assert told == ["New request", "Новая заявка", "Staff"]
    await bot.delete_my_commands(scope=scope)
    assert await bot.get_my_commands(scope=scope) == []
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Новая", description="x")])
    with pytest.raises(TelegramBadRequest, match="command description must be non-empty"):
        await bot.set_my_commands([BotCommand(command="x", description="")])


async def test_descriptions(bot: Client) -> None:
    await bot.set_my_description("long")
    await bot.set_my_short_description("кратко", language_code="ru")
    assert (await bot.get_my_description()).description == "long"
    assert (await bot.get_my_short_description(language_code="ru")).short_description == "кратко"
    assert (await bot.get_my_short_description()).short_description == ""


async def test_leaving(bot: Client, group: Group, talon: Bot, anna: Person) -> None:
    await drain(bot)
    assert await bot.leave_chat(group.id)
    assert group.member(talon).status == "left"
    assert any(update.my_chat_member for update in await bot.get_updates())
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.get_chat(group.id)
    with pytest.raises(TelegramBadRequest, match="can't be changed in private chats"):
        await bot.leave_chat(anna.id)
