"""What stands in a place, in the order in which it came there."""

from playground.messages import SeenMessage


class Timeline:
    """A place where messages stand: a chat, or a topic in one."""

    def __init__(self) -> None:
        self.by_id: dict[int, SeenMessage] = {}

    @property
    def messages(self) -> list[SeenMessage]:
        """What stands there now, service messages included, oldest first; deleted messages are gone."""
        return list(self.by_id.values())

    @property
    def last(self) -> SeenMessage:
        """The newest message.

        Raises:
            LookupError: nothing stands there.
        """
        if not self.by_id:
            raise LookupError(f"no message in {self!r}")
        return next(reversed(self.by_id.values()))
