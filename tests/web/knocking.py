"""Knocking at the webhook as Telegram does, or as somebody else."""

import io
import json
from typing import Any

import aiohttp

from tests.world import WEBHOOK, World

SECRET = WEBHOOK["webhook_secret"]


async def knock(
    world: World,
    body: bytes | dict[str, Any] | list[Any],
    *,
    secret: str | None = SECRET,
    content_type: str = "application/json",
    method: str = "POST",
) -> int:
    """Make one request; gives back the status of its answer."""
    assert world.app is not None
    headers = {"Content-Type": content_type}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    url = f"http://127.0.0.1:{world.app.web.port}/telegram"
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers) as answer,
    ):
        return answer.status


def error(world: World) -> str:
    """What Telegram says went wrong last with this webhook."""
    hook = world.pg.webhooks.of(world.bot)
    assert hook is not None
    return hook.last_error
