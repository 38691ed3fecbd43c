"""What an image has to be: it starts, not as root, says that it is well, ends when told, and is of a size."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

from playground import Playground
from tests.image.dockerfile import Stage
from tests.image.root import Root

_PATIENCE = 60.0
# So many packages are listed by name.
_TOLD = 14


class Wrong(Exception):
    """The image is not what it should be."""


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def look_at_life(root: Root, stage: Stage) -> None:
    """Start it against the playground, look at it from outside, and stop it."""
    health, start = stage.last("HEALTHCHECK"), stage.last("CMD")
    if health is None or start is None:
        raise Wrong("HEALTHCHECK and CMD are wanted")
    async with Playground() as pg:
        bot = pg.add_bot(name="Talon", username="talon_bot")
        group = pg.add_group("Поддержка", forum=True)
        group.add_bot(bot, admin=True)
        told = {
            "BOT_TOKEN": bot.token,
            "STAFF_CHAT_ID": str(group.id),
            "TELEGRAM_API_URL": pg.url,
            # This machine's ports are shared, a container's are not.
            "LISTEN": f"127.0.0.1:{_port()}",
        }
        checked = await _ends(root.chroot(["talon", "check"], told))
        _say("talon check", f"ends with {checked}", checked == 0)
        sick = await _ends(root.chroot(health.command, told), quiet=True)
        _say("HEALTHCHECK before the start", f"ends with {sick}", sick != 0)
        process = await asyncio.create_subprocess_exec(*root.chroot(start.command, told))
        try:
            await _look_while_it_runs(root, health.command, told, process)
            backed = await _ends(root.chroot(["talon", "backup", "--out", "/data/backup.db"], told))
            _say("talon backup meanwhile", f"ends with {backed}", backed == 0)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(process.wait(), 30)
            _say("SIGTERM", f"ended with {status} in {time.monotonic() - began:.1f} s", status == 0)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _look_while_it_runs(
    root: Root, health: list[str], told: dict[str, str], process: asyncio.subprocess.Process
) -> None:
    began = time.monotonic()
    while await _ends(root.chroot(health, told), quiet=True) != 0:
        if process.returncode is not None or time.monotonic() - began > _PATIENCE:
            raise Wrong("/healthz does not answer")
        await asyncio.sleep(0.2)
    _say("HEALTHCHECK", f"/healthz answers after {time.monotonic() - began:.1f} s", True)
    status = Path(f"/proc/{process.pid}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    _say("the process runs as", f"uid {uids[0]}", set(uids) == {"10001"})
    mine = [path for path in root.folder.rglob("*") if not path.is_symlink() and path.lstat().st_uid == 10001]
    outside = [path for path in mine if not path.is_relative_to(root.inside("/data"))]
    _say("may change outside of /data", f"{len(outside)} files", not outside)


async def _ends(command: list[str], *, quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    return await asyncio.wait_for(process.wait(), _PATIENCE)


def _say(what: str, how: str, right: bool) -> None:
    print(f"{'✓' if right else '✗'} {what}: {how}", flush=True)
    if not right:
        raise Wrong(f"{what}: {how}")


def sizes(root: Root, base: Path) -> None:
    """Print what the image weighs, by parts, in MB on the disk."""
    whole, below = _weigh(root.folder), _weigh(base)
    print(f"\n{whole / 1e6:7.1f} MB the whole image")
    print(f"{below / 1e6:7.1f} MB of it Debian with Python, in place of the base image")
    print(f"{(whole - below) / 1e6:7.1f} MB of it ours:")
    (packages,) = root.inside("/usr/local/lib").glob("python3.*/site-packages")
    known = {path.name for path in base.glob("usr/local/lib/python3.*/site-packages/*")}
    parts: Counter[str] = Counter()
    for path in packages.iterdir():
        if path.name not in known:
            parts[path.name.partition("-")[0]] += _weigh(path)
    for name, size in parts.most_common(14):
        print(f"{size / 1e6:12.1f} MB {name}")
    print(
        f"{sum(size for _, size in parts.most_common()[14:]) / 1e6:12.1f} MB {len(parts) - 14} smaller ones"
    )
    compiled = sum(path.lstat().st_blocks * 512 for path in packages.rglob("*.pyc"))
    print(f"{compiled / 1e6:7.1f} MB of all that are compiled modules, which make it start faster")


def _weigh(path: Path) -> int:
    """As `du` does: blocks, each file once."""
    seen: dict[tuple[int, int], int] = {}
    paths = [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]
    for each in paths:
        status = os.lstat(each)
        seen[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(seen.values())
