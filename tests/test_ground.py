"""What a newcomer meets first: the wheel, the two commands of README, the settings, the versions wanted."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "dialogs", "storage", "desk", "playground", "locales")
DATA_SUFFIXES = {".po", ".toml", ".mako", ".typed"}


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", str(ROOT))
    (built,) = folder.glob("talon_desk-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def readme_commands() -> list[str]:
    first = re.search(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert first is not None
    return first[1].splitlines()


@pytest.mark.parametrize("language", ["ru", "en", "lv"])
def test_the_wheel_has_the_catalogues(contents: set[str], language: str) -> None:
    assert f"locales/{language}/LC_MESSAGES/talon.po" in contents


def test_the_wheel_has_the_profiles(contents: set[str]) -> None:
    assert "desk/profiles/vendotek.toml" in contents


def test_the_wheel_has_the_migrations(contents: set[str]) -> None:
    assert {"storage/migrations/env.py", "storage/migrations/script.py.mako"} <= contents
    assert any(re.fullmatch(r"storage/migrations/versions/\w+\.py", name) for name in contents)


def test_the_wheel_has_every_file_of_its_packages_and_no_other(contents: set[str]) -> None:
    files = {path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*")}
    assert {str(path) for path in files if path.suffix in DATA_SUFFIXES | {".py"}} <= contents
    assert {f"{package}/py.typed" for package in PACKAGES} <= contents
    assert {name.split("/")[0] for name in contents if ".dist-info/" not in name} == set(PACKAGES)


def test_an_installed_wheel_runs(wheel: Path, tmp_path: Path) -> None:
    pip("install", "--no-deps", "--no-index", f"--target={tmp_path}", str(wheel))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    where = "import bot, locales; print(bot.__file__, locales.__file__)"
    for command in ([sys.executable, "-c", where], [sys.executable, "-m", "bot", "--help"]):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        if command[1] == "-c":
            assert all(Path(path).is_relative_to(tmp_path) for path in done.stdout.split())
        else:
            assert "demo" in done.stdout


def test_readme_starts_with_the_commands_that_ci_runs() -> None:
    show, test = readme_commands()
    assert show.startswith("python3 -m venv .venv && ")
    assert show.endswith(" && .venv/bin/talon demo --tour")
    assert test == ".venv/bin/pytest"
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.findall(r'bash -c "\$\{commands\[(\d)\]\}"$', script.read_text(), re.MULTILINE) == ["0", "1"]


def test_shell_scripts_can_be_read() -> None:
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


def test_readme_and_the_example_tell_the_same_settings() -> None:
    table = re.search(r"^\| setting \|.*?\n\n", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert table is not None
    names = "".join(re.findall(r"^\|[^|]+\|", table[0], re.MULTILINE))
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", names))
    example = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # A department's own group has a setting by its key, which only the profile knows.
    assert told == example == {name.upper() for name in Settings.model_fields} - {"STAFF_CHATS"}


def test_every_range_of_versions_has_both_ends(pyproject: dict[str, Any]) -> None:
    project = pyproject["project"]
    extras = project["optional-dependencies"]
    wanted = [*pyproject["build-system"]["requires"], *project["dependencies"]]
    for line in [*wanted, *extras["test"], *extras["lint"]]:
        operators = {part.operator for part in Requirement(line).specifier}
        assert operators == {">=", "<"}, line
