"""Polls, as far as somebody sends them; nobody votes here."""

from typing import TYPE_CHECKING, Any

from playground.chats import PrivateChat
from playground.messages import SeenMessage

if TYPE_CHECKING:
    from playground.world import World


def poll_content(world: "World", question: str, options: list[str], **what: Any) -> dict[str, Any]:
    """The Poll object of the Bot API for a fresh poll."""
    return {
        "id": str(world.number("poll", 5_000_000_000_000_000_001)),
        "question": question,
        "options": [
            {"persistent_id": str(at), "text": option, "voter_count": 0} for at, option in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
        **what,
    }


def tells_answers(message: SeenMessage) -> bool:
    """docs, Poll.correct_option_ids: known of a quiz that is closed, the bot's own, or sent to it alone."""
    own = message.sender.is_bot or isinstance(message.chat, PrivateChat)
    return message.extra["is_closed"] is True or (own and message.forward_origin is None)


def told_poll(message: SeenMessage) -> dict[str, Any]:
    """The Poll object as a bot gets it: of most quizzes without the answers."""
    secret = () if tells_answers(message) else ("correct_option_ids", "explanation")
    return {name: value for name, value in message.extra.items() if name not in secret}
