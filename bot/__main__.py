"""`python -m bot …` is the same as `talon …`."""

from bot.cli import main

main()
