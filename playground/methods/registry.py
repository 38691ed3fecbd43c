"""The methods of the Bot API that the playground knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.bots import Bot
from playground.params import Params
from playground.world import World


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of a bot."""

    world: World
    bot: Bot
    params: Params


Method = Callable[[Ask], Any]
METHODS: dict[str, tuple[str, Method]] = {}
"""Name in lower case (Telegram takes any case) → name and what it does."""


def method(function: Method) -> Method:
    """Register a function under the Bot API's name for it."""
    first, *others = function.__name__.split("_")
    name = first + "".join(word.capitalize() for word in others)
    METHODS[name.lower()] = (name, function)
    return function
