"""Polls, as far as somebody sends them; nobody votes here."""

from typing import TYPE_CHECKING, Any

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
