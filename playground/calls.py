"""What bots asked of Telegram."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a bot, as the playground saw it; `getUpdates` is not among them.

    `params` are as they came over the wire: strings, or what JSON held; `param` decodes them.
    `at` and `done_at` are seconds of the playground's clock. `applied` says whether the call took effect,
    `answered` whether its answer left towards the bot: a call may be applied and never answered.
    `host` is the name and port by which the bot called us, which tells two processes of one bot apart that
    were given different names.
    """

    bot_id: int
    method: str
    params: Mapping[str, Any]
    chat_id: int | None
    at: float
    done_at: float
    ok: bool
    error_code: int | None
    description: str | None
    applied: bool
    answered: bool
    result: Any = None
    host: str = ""

    def param(self, name: str) -> Any:
        """The parameter, decoded where it is JSON; None if it was not given."""
        value = self.params.get(name)
        if isinstance(value, str) and value[:1] in ("{", "["):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value
