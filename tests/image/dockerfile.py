"""Reading a Dockerfile and a `.dockerignore`, as far as ours go."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

_FLAG = re.compile(r"--(\w[\w-]*)=(\S+)\s+")


class Unreadable(Exception):
    """The Dockerfile has something that this program does not know."""


@dataclass
class Step:
    """One instruction, with its flags, such as `RUN --mount=…`."""

    word: str
    rest: str
    flags: list[tuple[str, str]] = field(default_factory=list)

    @property
    def command(self) -> list[str]:
        """What it runs: the JSON form as it is, the other by a shell."""
        if self.rest.startswith("["):
            command: list[str] = json.loads(self.rest)
            return command
        return ["/bin/sh", "-c", self.rest]

    @property
    def pairs(self) -> dict[str, str]:
        """What ENV says."""
        return dict(re.findall(r"(\w+)=(\S+)", self.rest))


@dataclass
class Stage:
    """What stands from one FROM to the next."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def last(self, word: str) -> Step | None:
        """The latest instruction of that word, which is the one that counts."""
        return next((step for step in reversed(self.steps) if step.word == word), None)


_KNOWN = {"RUN", "COPY", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


def read(text: str) -> list[Stage]:
    """The stages. Raises Unreadable."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip() or str(len(stages))))
            continue
        if word not in _KNOWN or not stages:
            raise Unreadable(line)
        flags = []
        rest = rest.strip()
        while match := _FLAG.match(rest):
            flags.append((match[1], match[2]))
            rest = rest[match.end() :]
        if word == "HEALTHCHECK":
            rest = rest.removeprefix("CMD").strip()
        stages[-1].steps.append(Step(word, rest, flags))
    return stages


def context(root: Path) -> list[Path]:
    """The files that a build may see, relative to `root`."""
    lines = (root / ".dockerignore").read_text().splitlines()
    told = [line for line in lines if line.strip() and not line.startswith("#")]
    rules = [(not line.startswith("!"), _pattern(line.removeprefix("!").strip("/"))) for line in told]

    def is_seen(path: Path) -> bool:
        seen = True
        names = [str(path), *(str(parent) for parent in path.parents)]
        for hides, pattern in rules:
            if any(pattern.fullmatch(name) for name in names):
                seen = not hides
        return seen

    files = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    return [path for path in files if path.parts[0] != ".git" and is_seen(path)]


def _pattern(glob: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile(re.sub(r"\*\*/|\*\*|\*|\?|[^*?]+", lambda m: parts.get(m[0]) or re.escape(m[0]), glob))
