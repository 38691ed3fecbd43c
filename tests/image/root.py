"""Root file systems, and running commands inside them."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.image.dockerfile import Stage, Step, context

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NEEDED = "python3,python3-venv,ca-certificates"
# What a package index of one's own wants, for the build alone: nothing of it stays.
_LENT = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")


def make_base(folder: Path, suite: str) -> Path:
    """A Debian with `python` and `pip` where the image `python:slim` has them."""
    base = folder / "base"
    _call(["debootstrap", "--variant=minbase", f"--include={_NEEDED}", suite, str(base)])
    return base


def stand_in(base: Path) -> None:
    """Let a plain Debian look like `python:slim`: its Python as `python` in /usr/local, with a pip."""
    if not (base / "usr/local/bin/pip").exists():
        _call(["chroot", str(base), "/usr/bin/python3", "-m", "venv", "/usr/local"])
    shutil.rmtree(base / "var/cache/apt/archives", ignore_errors=True)
    shutil.rmtree(base / "var/lib/apt/lists", ignore_errors=True)


def _call(command: list[str]) -> None:
    print(f"$ {shlex.join(command)}", flush=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Root:
    """The file system of one stage, and what its instructions have said so far."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {"PATH": PATH, "HOME": "/root"}
        self.workdir = "/"
        self.user = "0:0"
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(folder)], check=True)

    def inside(self, path: str) -> Path:
        """Where a path of the image is on this machine."""
        absolute = path if path.startswith("/") else f"{self.workdir}/{path}"
        return self.folder / absolute.lstrip("/")

    def chroot(self, command: list[str], extra: Mapping[str, str] | None = None) -> list[str]:
        """What runs a command as the image would."""
        variables = [f"{name}={value}" for name, value in {**self.environment, **(extra or {})}.items()]
        entered = ["/usr/bin/env", "-i", f"--chdir={self.workdir}", *variables, *command]
        return ["chroot", f"--userspec={self.user}", str(self.folder), *entered]

    def take(self, step: Step, stages: Mapping[str, "Root"], source: Path, lent: Mapping[str, str]) -> None:
        """Carry an instruction out."""
        match step.word:
            case "RUN":
                self._run(step, stages, lent)
            case "COPY":
                self._copy(step, source)
            case "ENV":
                self.environment |= step.pairs
            case "WORKDIR":
                self.workdir = step.rest
                self.inside(step.rest).mkdir(parents=True, exist_ok=True)
            case "USER":
                self.user = step.rest
            case "VOLUME":
                self.inside(step.rest).mkdir(parents=True, exist_ok=True)

    def _run(self, step: Step, stages: Mapping[str, "Root"], lent: Mapping[str, str]) -> None:
        mounted = []
        for name, value in step.flags:
            told = dict(part.partition("=")[::2] for part in value.split(","))
            assert (name, told["type"]) == ("mount", "bind"), "no other is known here"
            target = self.inside(told["target"])
            shutil.copytree(stages[told["from"]].inside(told["source"]), target)
            mounted.append(target)
        try:
            with _lending(self.folder):
                subprocess.run(self.chroot(step.command, lent), check=True)
        finally:
            for target in mounted:
                shutil.rmtree(target)

    def _copy(self, step: Step, source: Path) -> None:
        wanted, target = step.rest.split()
        assert wanted == ".", "only the whole context is copied"
        for path in context(source):
            place = self.inside(target) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / path, place)


@contextmanager
def _lending(root: Path) -> Iterator[None]:
    kept: dict[Path, bytes | None] = {}
    for name in _LENT:
        ours, theirs = Path(name), root / name.lstrip("/")
        if ours.exists():
            kept[theirs] = theirs.read_bytes() if theirs.exists() else None
            theirs.parent.mkdir(parents=True, exist_ok=True)
            theirs.write_bytes(ours.read_bytes())
    try:
        yield
    finally:
        for theirs, before in kept.items():
            if before is None:
                theirs.unlink()
            else:
                theirs.write_bytes(before)


def build(stages: list[Stage], source: Path, folder: Path, base: Path) -> Root:
    """Carry all stages out, one by one; gives back the last, which is the image."""
    lent = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    roots: dict[str, Root] = {}
    for stage in stages:
        print(f"\nFROM {stage.base} AS {stage.name}", flush=True)
        root = roots[stage.name] = Root(folder / stage.name, base)
        for step in stage.steps:
            print(f"{step.word} {step.rest}", flush=True)
            root.take(step, roots, source, lent)
    return root
