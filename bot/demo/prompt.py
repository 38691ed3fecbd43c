"""The demo that keeps running: how to look at it, and a prompt at which one acts for the people in it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from rich.console import Console
from rich.text import Text

from bot.demo.commands import HELP, Commands, Mistake
from bot.demo.stage import Stage
from bot.demo.watch import watch

_SIGN = "> "


async def keep_running(stage: Stage, console: Console) -> int:
    """Run until Ctrl-C, SIGTERM or `quit`; a terminal gets the prompt."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    _say_how_to_look(stage, console)
    at_terminal = sys.stdin.isatty()
    work = [asyncio.create_task(watch(stage, console, _SIGN if at_terminal else ""))]
    if at_terminal:
        console.print(HELP, markup=False, highlight=False)
        work.append(asyncio.create_task(_converse(stage, console, stop)))
    await stop.wait()
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    console.print("\nStopped; nothing is kept.")
    return 0


def _say_how_to_look(stage: Stage, console: Console) -> None:
    url, token = stage.playground.url, stage.bot.token
    lines = {
        "Bot API": url,
        "Token": f"{token}  (it works here alone)",
        "Group": f"{stage.group.id}  {stage.group.title}",
        "State": f"http://127.0.0.1:{stage.app.web.port}/readyz",
        "Try": f"curl {url}/bot{token}/getMe",
    }
    console.print("\n[b]The desk runs.[/] Ctrl-C stops it.\n")
    for name, value in lines.items():
        console.print(Text.assemble((f"{name:8}", "dim"), value), soft_wrap=True)
    console.print()


async def _converse(stage: Stage, console: Console, stop: asyncio.Event) -> None:
    commands = Commands(stage, console)
    lines = _Lines()
    while True:
        console.print(_SIGN, end="")
        line = await lines.next()
        if line is None or line.strip() in ("quit", "exit"):
            stop.set()
            return
        try:
            await commands.run(line)
        except Mistake as mistake:
            console.print(Text(str(mistake), style="red"))


class _Lines:
    """Lines typed at the terminal, read without a thread that nobody could stop."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._rest = b""
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._read)

    async def next(self) -> str | None:
        """The next line; None after the last."""
        return await self._queue.get()

    def _read(self) -> None:
        read = os.read(sys.stdin.fileno(), 65536)
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            self._queue.put_nowait(line.decode(errors="replace"))
        if not read:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._queue.put_nowait(None)
