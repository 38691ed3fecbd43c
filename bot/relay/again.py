"""What Telegram told of a poll or of a rich message, as it wants it told back."""

from __future__ import annotations

from typing import Any

Told = dict[str, Any]

# Blocks of a rich message that hold a file, in a field of the block's own name.
_FILES = frozenset({"animation", "audio", "document", "photo", "video", "voice_note"})
_PLACE = ("latitude", "longitude", "horizontal_accuracy")


def media_again(kind: str, told: Any) -> Told:
    """A file, place or link inside something else."""
    match kind:
        case "photo":
            return {"type": kind, "media": told[-1]["file_id"]}
        case "live_photo":
            return {"type": kind, "media": told["file_id"], "photo": told["photo"][-1]["file_id"]}
        case "location":
            return {"type": kind, **{name: told[name] for name in _PLACE if name in told}}
        case "venue":
            place = {name: value for name, value in told.items() if name != "location"}
            return {**media_again("location", told["location"]), **place, "type": kind}
        case "link":
            return {"type": kind, "url": told["url"]}
    return {"type": kind, "media": told["file_id"]}


def poll_again(poll: Told) -> Told:
    """The parameters of `sendPoll`. A quiz whose right answers Telegram does not tell becomes a poll."""
    quiz = poll["type"] == "quiz" and bool(poll.get("correct_option_ids"))
    wanted: Told = {
        "question": poll["question"],
        "question_entities": poll.get("question_entities"),
        "question_parse_mode": None,
        "options": [_option_again(option) for option in poll["options"]],
        "is_anonymous": poll["is_anonymous"],
        "allows_multiple_answers": poll["allows_multiple_answers"],
        "is_closed": poll["is_closed"] or None,
        "description": poll.get("description"),
        "description_entities": poll.get("description_entities"),
        "description_parse_mode": None,
        "media": _poll_media_again(poll.get("media")),
    }
    if quiz:
        wanted |= {
            "type": "quiz",
            "correct_option_ids": poll["correct_option_ids"],
            "explanation": poll.get("explanation"),
            "explanation_entities": poll.get("explanation_entities"),
            "explanation_parse_mode": None,
            "explanation_media": _poll_media_again(poll.get("explanation_media")),
        }
    return wanted


def _option_again(option: Told) -> Told:
    return {
        "text": option["text"],
        "text_entities": option.get("text_entities"),
        "text_parse_mode": None,
        "media": _poll_media_again(option.get("media")),
    }


def _poll_media_again(media: Told | None) -> Told | None:
    return next((media_again(kind, told) for kind, told in (media or {}).items()), None)


def rich_again(message: Told) -> Told:
    """The content of `sendRichMessage`. Buttons work only for the bot that made them: their words stay."""
    return {
        "blocks": _blocks_again(message["blocks"]),
        "is_rtl": message.get("is_rtl"),
        # What Telegram found in the words is among the blocks already.
        "skip_entity_detection": True,
    }


def _blocks_again(told: Any) -> Any:
    if isinstance(told, list):
        return [_blocks_again(each) for each in told if not _is_buttons(each)]
    if not isinstance(told, dict):
        return told
    kind = told.get("type")
    if kind == "button":
        return _blocks_again(told["button"]["text"])
    if kind in _FILES:
        file = media_again(kind, told[kind])
        if told.get("has_spoiler"):
            file["has_spoiler"] = True
        return {"type": kind, kind: file, "caption": _blocks_again(told.get("caption"))}
    # The label of an item in a list is the client's own.
    return {name: _blocks_again(value) for name, value in told.items() if name != "label"}


def _is_buttons(told: Any) -> bool:
    return isinstance(told, dict) and told.get("type") == "buttons"
