"""How updates reach the bot: setting and deleting a webhook, and asking about it."""

import re
from typing import Any

from playground import errors, webhooks
from playground.methods.registry import Ask, method
from playground.polling import allow

_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET = 256


@method
def set_webhook(ask: Ask) -> Any:
    url, secret = ask.params.text("url"), ask.params.text("secret_token")
    if len(secret) > _LONGEST_SECRET:
        raise errors.SECRET_TOO_LONG
    if not _SECRET.fullmatch(secret):
        raise errors.SECRET_CHARACTERS
    # Client.cpp `get_webhook_max_connections`.
    wanted = ask.params.integer("max_connections", webhooks.DEFAULT_CONNECTIONS)
    most = min(max(wanted, 1), webhooks.MOST_CONNECTIONS)
    if url:
        ask.world.webhooks.set(ask.bot, url, secret, most)
        allow(ask.bot, ask.params)
        _drop(ask)
        return True
    return delete_webhook(ask)


@method
def delete_webhook(ask: Ask) -> Any:
    ask.world.webhooks.delete(ask.bot)
    _drop(ask)
    return True


def _drop(ask: Ask) -> None:
    if ask.params.flag("drop_pending_updates"):
        ask.bot.updates.clear()


@method
def get_webhook_info(ask: Ask) -> Any:
    return webhooks.info(ask.bot, ask.world.webhooks.of(ask.bot))
