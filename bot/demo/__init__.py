"""`talon demo`: the whole desk on one machine, with a Telegram that runs offline and people in it."""

from __future__ import annotations

import asyncio
import io
import sys

from rich.console import Console

# Room for a chat, yet narrow enough for any terminal and for a README.
_WIDTH = (80, 96)
# The story and its checks have limits of their own; this one is for the rest.
_TOUR_WITHIN = 45.0


async def run_demo(*, tour: bool, port: int) -> int:
    """Play the tour, or keep the desk running; gives back the exit status.

    Neither a token nor the network is used, and no setting of the environment or of `.env`.
    """
    console = _console()
    console.print("The desk [b]vendotek[/] starts beside a Telegram of its own: no token, no network.")
    # Loading aiogram takes seconds, in which the line above can be read already.
    from bot import log
    from bot.demo.prompt import keep_running
    from bot.demo.stage import StageError, open_stage
    from bot.demo.tour import play_tour

    log.set_up("console", "WARNING")
    try:
        async with asyncio.timeout(_TOUR_WITHIN if tour else None), open_stage(port) as stage:
            return await (play_tour if tour else keep_running)(stage, console)
    except StageError as error:
        console.print(f"talon: {error}", markup=False)
    except TimeoutError:
        console.print(f"talon: the tour did not end within {_TOUR_WITHIN:.0f} s", markup=False)
    return 1


def _console() -> Console:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that lacks a letter shows "?" for it rather than ending the demo.
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False)
    least, most = _WIDTH
    console.width = max(least, min(console.width, most)) if console.is_terminal else most
    return console
