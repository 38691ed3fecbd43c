"""Run as a module: builds the image, starts it, stops it, and prints its size."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tests.image.dockerfile import read
from tests.image.looking import look_at_life, sizes
from tests.image.root import build, make_base, stand_in

_SOURCE = Path(__file__).parent.parent.parent


def main() -> None:
    """Do it all; an exception ends it at the first thing that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.image")
    parser.add_argument("--folder", type=Path, required=True, help="where to build; some 2 GB")
    parser.add_argument("--base", type=Path, help="a Debian with python3-venv, to start from")
    parser.add_argument("--suite", default="bookworm", help="which Debian to make, without --base")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("python -m tests.image: only root may chroot")
    options.folder.mkdir(parents=True, exist_ok=True)
    base = options.base or make_base(options.folder, options.suite)
    stand_in(base)
    stages = read((_SOURCE / "Dockerfile").read_text())
    image = build(stages, _SOURCE, options.folder, base)
    print("\nLooking at it", flush=True)
    asyncio.run(look_at_life(image, stages[-1]))
    sizes(image, base)


if __name__ == "__main__":
    main()
