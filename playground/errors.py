"""What Telegram says when it refuses a call.

The wordings are Telegram's. Where each comes from stands beside it:

- *docs*: https://core.telegram.org/bots/api
- *Client.cpp*: the open-source server, github.com/tdlib/telegram-bot-api, telegram-bot-api/Client.cpp
- *td*: the library under that server, github.com/tdlib/td
- *seen*: answers of api.telegram.org quoted in public issues and code; an issue is named where there is one
- *MTProto*: error names of https://core.telegram.org/methods, which the server passes on as they are

Those marked *unchecked* are how the source is remembered: nothing public that quotes them was found.
`tests/playground/test_smoke.py` compares the common ones with the real Telegram.
"""

from collections.abc import Mapping
from typing import Any

DAY = 86_400


class Refusal(Exception):
    """A call that Telegram refuses: HTTP status, words and, for some, machine-readable parameters."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(words: str) -> Refusal:
    """A 400; Client.cpp `fail_query_with_error` puts this prefix before every such error."""
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    """A 403; prefix as in Client.cpp `fail_query_with_error`."""
    return Refusal(403, f"Forbidden: {words}")


def too_many(seconds: int) -> Refusal:
    """A 429. Client.cpp `fail_query_with_error`; `retry_after` is documented in ResponseParameters."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(new_chat_id: int) -> Refusal:
    """The group lives on under another id. Client.cpp `check_chat_access`; docs, ResponseParameters."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new_chat_id},
    )


def conflict() -> Refusal:
    """Client.cpp `fail_query_conflict`; the words stand in every library's issue tracker."""
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def required(name: str) -> Refusal:
    """Client.cpp `get_required_string_arg`."""
    return bad(f'parameter "{name}" is required')


def no_file(what: str) -> Refusal:
    """Client.cpp `process_send_*_query`: "There is no photo in the request"."""
    return bad(f"there is no {what} in the request")


def unparsable(why: str) -> Refusal:
    """Client.cpp `get_formatted_text` before the words of td's parser."""
    return bad(f"can't parse entities: {why}")


def no_right_to_send(what: str) -> Refusal:
    """td MessagesManager `can_send_message_content`: "Not enough rights to send photos to the chat"."""
    return bad(f"not enough rights to send {what} to the chat")


def mixed_album(kind: str) -> Refusal:
    """td `check_message_group_message_contents`, as other emulators quote it."""
    return bad(f"{kind} can't be mixed with other media types")


def wrong_file_type(given: str, wanted: str) -> Refusal:
    """td FileManager `get_input_file_id`: "Can't use file of type Photo as Document"."""
    return bad(f"can't use file of type {given} as {wanted}")


# docs, "Making requests"; seen for every wrong or revoked token.
UNAUTHORIZED = Refusal(401, "Unauthorized")
# seen: api.telegram.org on an unknown method; a local server adds ": method not found" (Client.cpp `on_cmd`).
NOT_FOUND = Refusal(404, "Not Found")

# Client.cpp `process_get_updates_query` and `abort_long_poll`.
WEBHOOK_ACTIVE = Refusal(
    409,
    "Conflict: can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first",
)
POLL_ENDED_BY_WEBHOOK = Refusal(409, "Conflict: terminated by setWebhook request")
# Client.cpp `process_set_webhook_query`; the two of the secret token are quoted in many trackers.
WEBHOOK_URL_INVALID = bad("invalid webhook URL specified")
SECRET_TOO_LONG = bad("secret token is too long")
SECRET_CHARACTERS = bad("secret token contains unallowed characters")
# WebhookActor.cpp `start_up`, with Client.cpp's prefix "bad webhook".
WEBHOOK_NOT_HTTPS = bad("bad webhook: An HTTPS URL must be provided for webhook")
WEBHOOK_PORT = bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
WEBHOOK_HOST_UNKNOWN = bad("bad webhook: Failed to resolve host: Name or service not known")


def webhook_reserved(address: str) -> Refusal:
    """WebhookActor.cpp `check_ip_address`."""
    return bad(f"bad webhook: IP address {address} is reserved")


# Client.cpp `check_chat`.
CHAT_ID_EMPTY = bad("chat_id is empty")
CHAT_NOT_FOUND = bad("chat not found")
# Client.cpp `check_user`; PARTICIPANT_ID_INVALID is the server's, seen in tdlib/telegram-bot-api issues.
USER_NOT_FOUND = bad("user not found")
PARTICIPANT_ID_INVALID = bad("PARTICIPANT_ID_INVALID")
INVALID_USER_ID = bad("invalid user_id specified")  # Client.cpp `get_user_id`

# td MessageEntity.cpp `fix_formatted_text` and Client.cpp `get_input_message_text`.
TEXT_EMPTY = bad("message text is empty")
TEXT_TOO_LONG = bad("message is too long")  # td, MESSAGE_TOO_LONG as Client.cpp words it
CAPTION_TOO_LONG = bad("message caption is too long")  # Client.cpp, MEDIA_CAPTION_TOO_LONG
TEXT_NOT_UTF8 = bad("strings must be encoded in UTF-8")  # td `clean_input_string`
ENTITY_OUT_OF_TEXT = bad("ENTITY_BOUNDS_INVALID")  # MTProto error of messages.sendMessage
UNSUPPORTED_PARSE_MODE = bad("unsupported parse_mode")  # Client.cpp `get_formatted_text`

# tdlib/telegram-bot-api issue 854 (deleted topic) and 798 (thread id 1 of General).
THREAD_NOT_FOUND = bad("message thread not found")
# MTProto TOPIC_CLOSED, passed on as it is: rteixeirax/qbittorrent_telegram_notification issue 12.
TOPIC_CLOSED = bad("TOPIC_CLOSED")
# MTProto errors of channels.editForumTopic; TelegramBots/Telegram.Bot issue 1252 quotes the second.
TOPIC_ID_INVALID = bad("TOPIC_ID_INVALID")
TOPIC_NOT_MODIFIED = bad("TOPIC_NOT_MODIFIED")
NOT_A_FORUM = bad("the chat is not a forum")  # td ForumTopicManager `is_forum`
CANT_CREATE_TOPIC = bad("not enough rights to create a topic")  # td ForumTopicManager `create_forum_topic`
CANT_EDIT_TOPIC = bad("not enough rights to edit the topic")  # td ForumTopicManager `edit_forum_topic`
CANT_CLOSE_TOPIC = bad("not enough rights to close or open the topic")  # td `toggle_forum_topic_is_closed`
CANT_DELETE_TOPIC = bad("not enough rights to delete the topic")  # td ForumTopicManager `delete_forum_topic`
TOPIC_TITLE_EMPTY = bad("TOPIC_TITLE_EMPTY")  # MTProto error of channels.createForumTopic
TOPIC_TITLE_TOO_LONG = bad("topic name is too long")  # unchecked, docs: 1-128 characters

REPLY_NOT_FOUND = bad("message to be replied not found")  # Client.cpp `check_reply_parameters`
QUOTE_NOT_FOUND = bad("QUOTE_TEXT_INVALID")  # MTProto error of messages.sendMessage
EDIT_NOT_FOUND = bad("message to edit not found")  # Client.cpp `check_message`
CANT_EDIT = bad("message can't be edited")  # Client.cpp `check_message`
NOT_MODIFIED = bad(  # Client.cpp `fail_query_with_error`, MESSAGE_NOT_MODIFIED
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
NO_TEXT_TO_EDIT = bad("there is no text in the message to edit")  # td `edit_message_text`
NO_CAPTION_TO_EDIT = bad("there is no caption in the message to edit")  # unchecked, td `edit_message_caption`
NO_MEDIA_TO_EDIT = bad("message media can't be edited")  # td `edit_message_media`, as emulators quote it
DELETE_NOT_FOUND = bad("message to delete not found")  # Client.cpp `process_delete_message_query`
CANT_DELETE = bad("message can't be deleted")  # Client.cpp, MESSAGE_DELETE_FORBIDDEN
CANT_DELETE_FOR_EVERYONE = bad(
    "message can't be deleted for everyone"
)  # td `delete_messages`, after 48 hours
COPY_NOT_FOUND = bad("message to copy not found")  # Client.cpp `process_copy_message_query`
CANT_COPY = bad("message can't be copied")  # Client.cpp `process_copy_message_query`
FORWARD_NOT_FOUND = bad("message to forward not found")  # Client.cpp `process_forward_message_query`
CANT_FORWARD = bad("message can't be forwarded")  # unchecked, td `forward_messages`
NO_MESSAGES_TO_FORWARD = bad(
    "there are no messages to forward"
)  # Client.cpp `process_forward_messages_query`
NO_MESSAGE_IDS = bad("message identifiers are not specified")  # unchecked, Client.cpp `get_message_ids`
TOO_MANY_MESSAGE_IDS = bad("too many message identifiers specified")  # unchecked, as above
MESSAGE_ID_NOT_GIVEN = bad("message identifier is not specified")  # Client.cpp `get_inline_message_id`
POLL_NOT_FOUND = bad("message with poll to stop not found")  # unchecked, Client.cpp `process_stop_poll_query`
POLL_CANT_STOP = bad("poll can't be stopped")  # unchecked, td PollManager

REACTION_INVALID = bad("REACTION_INVALID")  # MTProto error of messages.sendReaction
REACTIONS_TOO_MANY = bad("REACTIONS_TOO_MANY")  # MTProto error of messages.sendReaction
REACT_NOT_FOUND = bad("message to react not found")  # Client.cpp `process_set_message_reaction_query`

BUTTON_DATA_INVALID = bad("BUTTON_DATA_INVALID")  # MTProto; docs: callback_data is 1-64 bytes
BUTTON_URL_INVALID = bad("BUTTON_URL_INVALID")  # MTProto; Wrong HTTP URL of an inline button
# Client.cpp `get_inline_keyboard_button`; the whole line is quoted in many trackers.
BUTTON_NO_ACTION = bad(
    "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"
)
BUTTON_NO_TEXT = bad("button text is empty")  # unchecked, for keyboard buttons without words
KEYBOARD_TOO_LONG = bad("reply markup is too long")  # Client.cpp, REPLY_MARKUP_TOO_LONG
QUERY_TOO_OLD = bad("query is too old and response timeout expired or query ID is invalid")  # Client.cpp
CALLBACK_TEXT_TOO_LONG = bad("MESSAGE_TOO_LONG")  # unchecked, MTProto error of messages.setBotCallbackAnswer

WRONG_FILE_ID = bad("wrong file identifier/HTTP URL specified")  # td FileManager `get_input_file_id`
CANT_FETCH_URL = bad("failed to get HTTP URL content")  # Client.cpp, WEBPAGE_CURL_FAILED
FILE_TOO_BIG = bad("file is too big")  # Client.cpp `process_get_file_query`, over 20 MB
BAD_FILE_ID = bad("invalid file_id")  # unchecked, Client.cpp `check_remote_file_id`
FILE_EMPTY = bad("file must be non-empty")  # unchecked, td FileManager
# td `check_message_group_message_contents` and `send_message_group`, as other emulators quote them.
ALBUM_EMPTY = bad("there are no messages to send")
ALBUM_TOO_LONG = bad("too many messages to send as an album")
ALBUM_FAMILY = bad(
    "can't use the media of the specified type in the album"
)  # Client.cpp, MEDIA_GROUPED_INVALID
WRONG_ACTION = bad("wrong parameter action in request")  # unchecked, Client.cpp
WRONG_DICE = bad("wrong dice emoji specified")  # unchecked, td, dice emoji not of the list
POLL_OPTIONS = bad("poll must have at least 1 option")  # unchecked, td `get_input_poll`
POLL_ANSWERS = bad("wrong correct option ID specified")  # unchecked, td `get_input_poll`
POLL_OPTIONS_MANY = bad("poll can't have more than 12 options")  # unchecked, td `get_input_poll`
POLL_QUESTION = bad("poll question must be non-empty")  # unchecked, td `get_input_poll`
LOCATION_BAD = bad("wrong location specified")  # unchecked, Client.cpp `get_location`
COMMAND_INVALID = bad("BOT_COMMAND_INVALID")  # MTProto error of bots.setBotCommands
COMMAND_NO_DESCRIPTION = bad("command description must be non-empty")  # unchecked, td BotCommand.cpp
COMMANDS_TOO_MANY = bad("BOT_COMMANDS_TOO_MUCH")  # docs: at most 100 commands

# Client.cpp `fail_query_with_error` (USER_IS_BLOCKED, INPUT_USER_DEACTIVATED, PEER_FLOOD).
BLOCKED = forbidden("bot was blocked by the user")
DEACTIVATED = forbidden("user is deactivated")
CANT_INITIATE = forbidden("bot can't initiate conversation with a user")
# seen; aiogram's exceptions of version 2 and many trackers.
BOT_TO_BOT = forbidden("bots can't send messages to bots")
BOT_TO_ITSELF = forbidden("the bot can't send messages to the bot")


def not_in_group(supergroup: bool, kicked: bool) -> Refusal:
    """Client.cpp `check_chat_access`: thrown out or never (or no longer) in."""
    chat = "supergroup" if supergroup else "group"
    if kicked:
        return forbidden(f"bot was kicked from the {chat} chat")
    return forbidden(f"bot is not a member of the {chat} chat")
