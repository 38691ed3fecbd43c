"""Telling and asking about bot, chats, members and files."""

import re
from typing import Any

from playground import errors
from playground.chats import PrivateChat
from playground.files import DOWNLOAD_LIMIT
from playground.groups import Group
from playground.members import PERMISSIONS
from playground.methods.reactions import EMOJI
from playground.methods.registry import Ask, method
from playground.methods.targets import find_chat
from playground.users import User

MAX_COMMANDS = 100
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_CHAT_SCOPES = frozenset(("chat", "chat_administrators", "chat_member"))
_SCOPES = (
    frozenset(("default", "all_private_chats", "all_group_chats", "all_chat_administrators")) | _CHAT_SCOPES
)


@method
def get_me(ask: Ask) -> Any:
    return ask.bot.full_json()


@method
def get_chat(ask: Ask) -> Any:
    chat = find_chat(ask)
    told = chat.json()
    told.update(
        accent_color_id=0,
        max_reaction_count=11,
        accepted_gift_types=dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            isinstance(chat, PrivateChat),
        ),
    )
    if isinstance(chat, Group):
        told["permissions"] = dict.fromkeys(PERMISSIONS, True)
        told["join_to_send_messages"] = True
        if chat.available_reactions is not None:
            told["available_reactions"] = [
                {"type": "emoji", "emoji": emoji} for emoji in chat.available_reactions if emoji in EMOJI
            ]
    elif isinstance(chat, PrivateChat) and chat.person.username:
        told["active_usernames"] = [chat.person.username]
    return told


def _group(ask: Ask) -> Group:
    chat = find_chat(ask)
    if not isinstance(chat, Group):
        # Client.cpp `process_get_chat_administrators_query`, for private chats.
        raise errors.bad("there are no administrators in the private chat")
    return chat


@method
def get_chat_administrators(ask: Ask) -> Any:
    """docs: "a list of administrators in a chat, which aren't bots" except the bot itself."""
    group = _group(ask)
    return [
        member.json(group.type)
        for member in group.members.values()
        if member.is_admin and not member.anonymous and (not member.user.is_bot or member.user is ask.bot)
    ]


@method
def get_chat_member_count(ask: Ask) -> Any:
    chat = find_chat(ask)
    if not isinstance(chat, Group):
        return 2
    return sum(member.is_in for member in chat.members.values())


@method
def get_chat_member(ask: Ask) -> Any:
    user_id = ask.params.integer("user_id")
    if user_id <= 0:
        raise errors.INVALID_USER_ID
    chat = find_chat(ask)
    user = ask.world.users.get(user_id)
    if user is None:
        raise errors.PARTICIPANT_ID_INVALID
    if isinstance(chat, Group):
        return chat.member(user).json(chat.type)
    return _private_member(ask.bot, chat.id, user)


def _private_member(bot: User, chat_id: int, user: User) -> Any:
    if user is not bot and user.id != chat_id:
        raise errors.USER_NOT_FOUND
    return {"status": "member", "user": user.json()}


@method
def leave_chat(ask: Ask) -> Any:
    chat = find_chat(ask)
    if not isinstance(chat, Group):
        raise errors.bad(
            "chat member status can't be changed in private chats"
        )  # td `set_dialog_participant_status`
    chat.leave(ask.bot)
    return True


def _scope(ask: Ask) -> tuple[str, str]:
    scope = ask.params.json("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise errors.bad("can't parse BotCommandScope: unsupported type specified")  # Client.cpp
    name = str(kind)
    if name in _CHAT_SCOPES:
        if scope.get("chat_id") in (None, ""):
            raise errors.bad("can't parse BotCommandScope: chat_id is empty")
        name += f":{scope['chat_id']}:{scope.get('user_id', '')}"
    return name, ask.params.text("language_code")


@method
def set_my_commands(ask: Ask) -> Any:
    scope = _scope(ask)
    commands = [_command(command) for command in ask.params.array("commands", "commands") or []]
    if len(commands) > MAX_COMMANDS:
        raise errors.COMMANDS_TOO_MANY
    ask.bot.commands[scope] = commands
    return True


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise errors.bad("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command") or ""), str(command.get("description") or "")
    if not _COMMAND.fullmatch(name):
        raise errors.COMMAND_INVALID
    if not 0 < len(description.strip()) <= 256:
        raise errors.COMMAND_NO_DESCRIPTION
    return {"command": name.removeprefix("/"), "description": description.strip()}


@method
def get_my_commands(ask: Ask) -> Any:
    return ask.bot.commands.get(_scope(ask), [])


@method
def delete_my_commands(ask: Ask) -> Any:
    ask.bot.commands.pop(_scope(ask), None)
    return True


def _set_profile(ask: Ask, name: str) -> bool:
    ask.bot.profile[name, ask.params.text("language_code")] = ask.params.text(name)
    return True


def _get_profile(ask: Ask, name: str) -> dict[str, str]:
    profile = ask.bot.profile
    return {name: profile.get((name, ask.params.text("language_code"))) or profile.get((name, ""), "")}


@method
def set_my_description(ask: Ask) -> Any:
    return _set_profile(ask, "description")


@method
def get_my_description(ask: Ask) -> Any:
    return _get_profile(ask, "description")


@method
def set_my_short_description(ask: Ask) -> Any:
    return _set_profile(ask, "short_description")


@method
def get_my_short_description(ask: Ask) -> Any:
    return _get_profile(ask, "short_description")


@method
def get_file(ask: Ask) -> Any:
    file_id = ask.params.text("file_id")
    if not file_id:
        raise errors.bad("file_id not specified")  # Client.cpp `process_get_file_query`
    try:
        file = ask.world.files.find(file_id, ask.bot)
    except errors.Refusal:
        raise errors.BAD_FILE_ID from None
    if file.size > DOWNLOAD_LIMIT:
        raise errors.FILE_TOO_BIG
    return {
        "file_id": file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }
