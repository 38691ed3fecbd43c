"""What people and bots have in common."""

from typing import Any


class User:
    """Somebody with an account at Telegram."""

    is_bot = False

    def __init__(
        self,
        id: int,
        first_name: str,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> None:
        self.id = id
        self.first_name = first_name
        self.last_name = last_name
        self.username = username
        self.language_code = language_code
        self.deactivated = False

    @property
    def name(self) -> str:
        """First and last name, as clients show it."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def json(self) -> dict[str, Any]:
        """The User object of the Bot API; a deactivated account has lost its name."""
        told: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot}
        if self.deactivated:
            return {**told, "first_name": ""}
        told["first_name"] = self.first_name
        if self.last_name:
            told["last_name"] = self.last_name
        if self.username:
            told["username"] = self.username
        if self.language_code:
            told["language_code"] = self.language_code
        return told

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.name!r}>"


# docs, Message.from: the user that stands for anonymous administrators; and the one for automatic forwards.
GROUP_ANONYMOUS_BOT = User(1087968824, "Group", username="GroupAnonymousBot")
GROUP_ANONYMOUS_BOT.is_bot = True
TELEGRAM = User(777000, "Telegram")
