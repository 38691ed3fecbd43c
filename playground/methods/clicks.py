"""Answers to pressed buttons."""

from typing import Any

from playground import errors
from playground.clicks import Answer
from playground.methods.registry import Ask, method
from playground.text import units

TEXT_LIMIT = 200


@method
def answer_callback_query(ask: Ask) -> Any:
    params = ask.params
    text = params.text("text")
    if units(text) > TEXT_LIMIT:
        raise errors.CALLBACK_TEXT_TOO_LONG
    click = ask.world.clicks.get(params.text("callback_query_id"))
    if click is None or click.bot is not ask.bot:
        raise errors.QUERY_TOO_OLD
    if ask.world.clock.time() - click.pressed_at > ask.world.callback_lifetime:
        raise errors.QUERY_TOO_OLD
    if click.result is None:
        click.settle(Answer(text, params.flag("show_alert"), params.text("url") or None))
    return True
