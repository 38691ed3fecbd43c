"""A share of a core for a process: two bots with a share each are what two machines would be."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Microseconds; as short as a share is then still exact, for a slow machine does not stand still in between.
_PERIOD = 10_000
_ROOT = Path("/sys/fs/cgroup")


class NoShares(Exception):
    """This machine lets us give out no shares; the message is for people."""


@contextmanager
def share_of_core(pid: int, share: float) -> Iterator[None]:
    """Let a process have no more than this share of a core while the block runs.

    On Linux alone, as root, with control groups of either version. Raises NoShares.
    """
    first = (_ROOT / "cpu" / "cpu.cfs_quota_us").exists()
    root = _ROOT / "cpu" if first else _ROOT
    try:
        folder = Path(tempfile.mkdtemp(prefix="talon-bench-", dir=root))
    except OSError as error:
        raise NoShares(f"no control group can be made here ({error.strerror})") from error
    try:
        quota = int(_PERIOD * share)
        if first:
            (folder / "cpu.cfs_period_us").write_text(str(_PERIOD))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (folder / "cpu.max").write_text(f"{quota} {_PERIOD}")
        (folder / "cgroup.procs").write_text(str(pid))
        yield
        (root / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        raise NoShares(f"control groups give out no shares here ({error.strerror})") from error
    finally:
        folder.rmdir()
