"""compose.yaml, the Dockerfile and docs/running.md against the program: names, ports and commands exist."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bot.cli import app
from bot.settings import Settings
from tests.image.dockerfile import Stage, context, read

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
BOTS = ("bot-1", "bot-2")
# Of the contract, whatever of it this version knows.
SETTINGS = {name.upper() for name in Settings.model_fields}
DURATION = re.compile(r"(\d+[ms])+")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    return read((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def variables(stages: list[Stage]) -> dict[str, str]:
    told = [step.pairs for step in stages[-1].steps if step.word == "ENV"]
    return {name: value for pairs in told for name, value in pairs.items()}


def test_compose_has_the_services_and_what_each_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {*BOTS, "postgres", "redis", "proxy"}
    for name, service in services.items():
        assert ("image" in service) or ("build" in service), name
        assert service["restart"] == "unless-stopped"
        assert DURATION.fullmatch(service["stop_grace_period"])
        assert ("test" in service["healthcheck"]) is (name not in BOTS), name
        assert all(DURATION.fullmatch(service["healthcheck"][key]) for key in ("interval", "timeout"))
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("depends_on", {})) <= set(services)
        mounted = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert mounted <= set(compose["volumes"])
        assert service["logging"]["options"]["max-size"]
    # The databases cannot be reached from outside, nor the bots past the proxy.
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"]
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["inside"]
    assert services["bot-2"]["depends_on"]["bot-1"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", BOTS)
def test_the_bots_are_told_settings_that_there_are(
    compose: dict[str, Any], stages: list[Stage], name: str
) -> None:
    service = compose["services"][name]
    told = service["environment"]
    assert set(told) <= SETTINGS
    assert {"DATABASE_URL", "REDIS_URL", "WEBHOOK_URL", "WEBHOOK_SECRET"} <= set(told)
    filled = {key: re.sub(r"\$\{(\w+)[^}]*\}", r"\1", value) for key, value in told.items()}
    settings = Settings(
        _env_file=None,
        database_url=filled["DATABASE_URL"],
        listen=filled["LISTEN"],
        log_format=filled["LOG_FORMAT"],
    )
    services = compose["services"]
    database = re.fullmatch(r"postgresql\+asyncpg://(\w+):(\w+)@(\w+)/(\w+)", settings.database_url)
    assert database is not None
    user, _, host, database_name = database.groups()
    made = services[host]["environment"]
    assert (user, database_name) == (made["POSTGRES_USER"], made["POSTGRES_DB"])
    assert re.fullmatch(r"redis://(\w+):6379/0", filled["REDIS_URL"])[1] in services  # type: ignore[index]
    # It runs as the image's user, where the image's check and the proxy expect it.
    (user_step,) = (step for step in stages[-1].steps if step.word == "USER")
    assert service["user"] == user_step.rest
    assert settings.listen_port == int(variables(stages)["LISTEN"].rpartition(":")[2])
    caddyfile = compose["configs"]["caddyfile"]["content"]
    assert f"{name}:{settings.listen_port}" in caddyfile
    path = filled["WEBHOOK_URL"].removeprefix("https://DOMAIN")
    assert f"handle {path} {{" in caddyfile
    assert caddyfile.count("{") == caddyfile.count("}")


def test_every_secret_comes_from_outside_and_is_told_of(compose: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+):\?", text))
    assert set(re.findall(r"\$\{?(\w+)", text)) == wanted == {"DOMAIN", "POSTGRES_PASSWORD", "WEBHOOK_SECRET"}
    assert all(re.search(rf"^{name}=", PAGE, re.MULTILINE) for name in wanted)
    assert all(compose["services"][name]["env_file"] == ".env" for name in BOTS)


def test_the_image_is_not_roots_and_can_tell_that_it_is_well(stages: list[Stage]) -> None:
    image = stages[-1]
    (user,) = (step.rest for step in image.steps if step.word == "USER")
    uid, gid = map(int, user.split(":"))
    assert min(uid, gid) > 0
    assert f"--uid {uid} " in str(image.steps[0].rest)
    assert set(variables(stages)) - {"PYTHONUNBUFFERED"} <= SETTINGS
    check, start = image.last("HEALTHCHECK"), image.last("CMD")
    assert check is not None
    assert start is not None
    assert "/healthz" in check.command[-1]
    compile(check.command[-1], "HEALTHCHECK", "exec")
    assert start.command == ["talon", "run"]


def test_the_image_is_built_from_the_packages_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    seen = {path.parts[0] for path in context(ROOT)}
    assert seen == {*packages, "pyproject.toml", "README.md", "LICENSE"}
    assert not [path for path in context(ROOT) if "__pycache__" in path.parts]


def test_the_page_tells_commands_and_settings_that_there_are() -> None:
    command = typer.main.get_command(app)
    commands: dict[str, Any] = command.commands  # type: ignore[attr-defined]
    told = re.findall(
        r"(?:^|[`'/]|exec talon |data talon |bot-1 )talon (\w+)((?: [^\s`'\"]+)*)", PAGE, re.MULTILINE
    )
    assert {"backup", "restore", "migrate", "check", "inbox", "run"} == {name for name, _ in told}
    for name, rest in told:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in rest.split() if word.startswith("--")} <= known, name
    names = set(re.findall(r"`([A-Z]+_[A-Z]+|LISTEN)(?:=[^`]*)?`", PAGE))
    assert names <= SETTINGS


def test_links_lead_somewhere() -> None:
    anchors = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links
    assert [one for one in links if one.startswith("#") and one[1:] not in anchors] == []
    assert [one for one in links if one[0] != "#" and not (ROOT / "docs" / one).exists()] == []
