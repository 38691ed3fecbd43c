"""Sending what is no file."""

from typing import Any

from playground import errors
from playground.chats import PrivateChat
from playground.methods.formatted import formatted, message_text
from playground.methods.outgoing import outgoing
from playground.methods.registry import Ask, method
from playground.methods.targets import check_writable, find_chat, find_topic
from playground.polls import poll_content
from playground.text import units

# docs, sendChatAction.
_ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)
# docs, sendDice: the highest value of each.
_DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
# docs, InputRichBlock: those without files or further blocks.
_BLOCKS = frozenset(("paragraph", "heading", "pre", "footer", "divider", "pullquote"))
MAX_OPTIONS = 12
MAX_QUESTION = 300
_LATITUDE, _LONGITUDE = 90, 180


@method
def send_message(ask: Ask) -> Any:
    params = ask.params
    text, entities = message_text(params.text("text"), params.text("parse_mode"), params.json("entities"))
    out = outgoing(ask, "text")
    out.message.text, out.message.entities = text, entities
    preview = params.json("link_preview_options")
    if preview:
        out.message.flags["link_preview_options"] = preview
    return out.send()


@method
def send_chat_action(ask: Ask) -> Any:
    if ask.params.need("action") not in _ACTIONS:
        raise errors.WRONG_ACTION
    chat = find_chat(ask)
    check_writable(ask, chat)
    find_topic(ask, chat)
    if isinstance(chat, PrivateChat):
        chat.actions.append(ask.params.text("action"))
    return True


def _content(ask: Ask, kind: str, content: Any, what: str) -> Any:
    out = outgoing(ask, kind, what)
    out.message.extra = content
    return out.send()


def read_location(ask: Ask) -> dict[str, Any]:
    """Latitude and longitude of the call, checked."""
    params = ask.params
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not (abs(latitude) <= _LATITUDE and abs(longitude) <= _LONGITUDE):
        raise errors.LOCATION_BAD if params.has("latitude") else errors.bad("latitude is empty")
    told: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    if params.has("horizontal_accuracy"):
        told["horizontal_accuracy"] = params.number("horizontal_accuracy")
    for name in ("live_period", "heading", "proximity_alert_radius"):
        if params.has(name):
            told[name] = params.integer(name)
    return told


@method
def send_location(ask: Ask) -> Any:
    return _content(ask, "location", read_location(ask), "text messages")


@method
def send_venue(ask: Ask) -> Any:
    params = ask.params
    venue = {"location": read_location(ask), "title": params.need("title"), "address": params.need("address")}
    for name in ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type"):
        if params.has(name):
            venue[name] = params.text(name)
    return _content(ask, "venue", venue, "text messages")


@method
def send_contact(ask: Ask) -> Any:
    params = ask.params
    contact = {"phone_number": params.need("phone_number"), "first_name": params.need("first_name")}
    for name in ("last_name", "vcard"):
        if params.has(name):
            contact[name] = params.text(name)
    return _content(ask, "contact", contact, "text messages")


@method
def send_dice(ask: Ask) -> Any:
    emoji = (ask.params.text("emoji") or "🎲").removesuffix("\ufe0f")
    if emoji not in _DICE:
        raise errors.WRONG_DICE
    value = ask.world.random.randint(1, _DICE[emoji])
    return _content(ask, "dice", {"emoji": emoji, "value": value}, "dice")


@method
def send_poll(ask: Ask) -> Any:
    params = ask.params
    question, _ = formatted(params.text("question"), params.text("question_parse_mode"), None)
    if not 0 < units(question) <= MAX_QUESTION:
        raise errors.POLL_QUESTION
    options = [_option(option) for option in params.array("options") or []]
    if not options:
        raise errors.POLL_OPTIONS
    if len(options) > MAX_OPTIONS:
        raise errors.POLL_OPTIONS_MANY
    what: dict[str, Any] = {
        "is_anonymous": not params.has("is_anonymous") or params.flag("is_anonymous"),
        "allows_multiple_answers": params.flag("allows_multiple_answers"),
        "is_closed": params.flag("is_closed"),
        "type": params.text("type") or "regular",
    }
    if what["type"] == "quiz":
        what |= _answers(ask, len(options))
    return _content(ask, "poll", poll_content(ask.world, question, options, **what), "polls")


def _answers(ask: Ask, options: int) -> dict[str, Any]:
    right = ask.params.array("correct_option_ids") or []
    if not right or not all(isinstance(each, int) and 0 <= each < options for each in right):
        raise errors.POLL_ANSWERS
    told: dict[str, Any] = {"correct_option_ids": right, "allows_revoting": False}
    if ask.params.has("explanation"):
        told["explanation"] = ask.params.text("explanation")
    return told


@method
def send_rich_message(ask: Ask) -> Any:
    return _content(ask, "rich_message", read_rich(ask), "text messages")


def read_rich(ask: Ask) -> dict[str, Any]:
    """The content of a rich message, told in blocks of text."""
    given = ask.params.json("rich_message")
    blocks = given.get("blocks") if isinstance(given, dict) else None
    if not isinstance(blocks, list) or not blocks:
        raise errors.bad("the playground reads rich messages as blocks only")
    if any(not isinstance(block, dict) or block.get("type") not in _BLOCKS for block in blocks):
        raise errors.bad("the playground knows no such block")
    return {"blocks": blocks}


def _option(option: Any) -> str:
    text = option.get("text") if isinstance(option, dict) else option
    if not isinstance(text, str) or not text.strip():
        raise errors.bad("expected an option to be of type String")  # Client.cpp `get_poll_options`
    return text.strip()
