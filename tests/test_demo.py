"""`talon demo`: the tour as a user starts it, what its checks find in a broken world, and the prompt."""

import asyncio
import io
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo.case import Case, same
from bot.demo.checks import check_all
from bot.demo.commands import Commands, Mistake
from bot.demo.stage import Stage, StageError, open_stage
from bot.demo.story import annas_story, cases, ligas_story
from bot.demo.tour import play_tour
from playground import Fault, Person, Refuse, SeenMessage

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "bot", "demo"]
# What a user may have set for a real desk; the demo must not look at it.
REAL_DESK = {"BOT_TOKEN": "nonsense", "STAFF_CHAT_ID": "12", "DESK": "nowhere.toml", "LISTEN": "x"}


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **REAL_DESK, **more}


def test_the_tour(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=nonsense\nSTAFF_LANGUAGE=xx\n")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [*COMMAND, "--tour"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
    )
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"the tour took {seconds:.1f} s, {busy:.1f} s of them on a core")
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert done.stderr == ""
    assert max(len(line) for line in said.splitlines()) <= 100
    assert "\x1b" not in said
    assert "✗" not in said
    assert "Everything arrived" in said
    # Other tests share the cores, so that the clock on the wall says little about the tour.
    assert busy < 25
    if os.getloadavg()[0] < 1:
        assert seconds < 30
    assert list(tmp_path.iterdir()) == [tmp_path / ".env"]
    chats = re.findall(r"^╭─ (.*?) ─+╮$", said, re.MULTILINE)
    assert len(chats) == 5
    for words in (
        "Анна Петрова: private chat",
        "11 цифр",
        "1234-5678-9012",
        "📷 photo ×3, one album",
        "📷 photo ×3 + 🎬 video 0:12, one album",
        "#1001 · 123456789012 · Анна П.",
        "[ Открыть снова ]",
        "↪ Переставьте",
        "👌 Vendotek",
        "✍ Vendotek",
        "Līga Ozoliņa: private chat",
        "★★★★★",
        "📎 document adapteris.pdf",
        "Ar adapteri viss strādā.",
    ):
        assert words in said, words


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        opened.patience = 4
        yield opened


def console() -> Console:
    return Console(file=io.StringIO(), width=96, highlight=False)


def shown(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


async def test_a_tour_in_which_something_is_lost_says_so(stage: Stage) -> None:
    anna = stage.customers["anna"]
    lost = Refuse(400, "Bad Request: wrong file identifier/HTTP URL specified")
    stage.playground.faults.add(Fault("sendPhoto", lost, chat_id=anna.id, times=None))
    stage.patience = 2
    on = console()
    assert await play_tour(stage, on) == 1
    said = shown(on)
    assert "✗ Анна and Ольга came to the end of their story: Анна waited for “Переставьте" in " ".join(
        said.split()
    )
    assert re.search(
        r"✗ Ольга → Анна: 2 messages, in order, once: “Переставьте.*?is missing", said, re.DOTALL
    )
    assert "✓ Līga and Jānis came to the end of their story" in said


async def test_the_checks_find_what_is_broken(stage: Stage) -> None:
    anna, liga = played = cases(stage)
    profile = stage.app.profile
    await asyncio.gather(annas_story(anna, profile), ligas_story(liga, profile))

    def problems() -> dict[str, str]:
        return {check.what: check.problem for check in check_all(stage, played) if check.problem is not None}

    give_up = time.monotonic() + 60
    while problems() and time.monotonic() < give_up:
        await asyncio.sleep(0.05)
    assert problems() == {}

    bot, chat = stage.bot, anna.customer.chat
    answer = anna.answers[0]
    copy = next(m for m in chat.messages if same(answer, m))

    def found(breaks: Callable[[], object], mends: Callable[[], object]) -> str:
        breaks()
        (problem,) = problems().values()
        mends()
        assert problems() == {}
        return problem

    def say(words: str | None) -> None:
        stage.playground.post(stage.playground.new_message(chat, bot, "text", words))

    def take_back() -> None:
        chat.delete_message(chat.last)

    assert "stands there 2 times" in found(lambda: say(copy.text), take_back)
    assert "a customer reads" in found(lambda: say((anna.notes[0].text or "")[3:]), take_back)
    assert "is not in “ru”" in found(lambda: say("Your request is closed"), take_back)
    assert "is not marked" in found(
        lambda: answer.reactions.pop(bot), lambda: answer.reactions.update({bot: "👌"})
    )
    assert "order" in found(lambda: turn_round(anna), lambda: turn_round(anna))
    assert "thread is open" in found(lambda: set_closed(anna, False), lambda: set_closed(anna, True))
    assert "fell apart" in found(lambda: split_album(anna), lambda: join_album(anna))
    chat.delete_message(copy)
    assert any("is missing" in problem for problem in problems().values())
    assert any("is marked, and is not there" in problem for problem in problems().values())


def turn_round(case: Case) -> None:
    case.answers.reverse()


def set_closed(case: Case, closed: bool) -> None:
    case.thread.closed = closed


def files(case: Case) -> list[SeenMessage]:
    return [m for m in case.thread.messages if m.kind == "photo" and m.sender is case.customer.stage.bot]


def split_album(case: Case) -> None:
    files(case)[0].album = "another"


def join_album(case: Case) -> None:
    files(case)[0].album = files(case)[1].album


async def test_the_port_is_taken(stage: Stage) -> None:
    port = int(stage.playground.url.rpartition(":")[2])
    with pytest.raises(StageError, match="choose another --port"):
        async with open_stage(port):
            pass


async def test_lines_at_the_prompt(stage: Stage) -> None:
    on = console()
    commands = Commands(stage, on)

    async def waits_for(person: Person, words: str) -> None:
        give_up = time.monotonic() + 60
        while not any(words in str([m.text, m.buttons]) for m in person.chat(stage.bot).messages):
            assert time.monotonic() < give_up, words
            await asyncio.sleep(0.01)

    anna = stage.customers["anna"]
    await commands.run("anna: /start")
    await waits_for(anna, "English")
    await commands.run("anna press english")
    await waits_for(anna, "Hello!")
    await commands.run("Anna press New request")
    await waits_for(anna, "I agree")
    await commands.run("anna press i agree")
    await waits_for(anna, "No")
    await commands.run("anna press No")
    await waits_for(anna, "Continue")
    await commands.run("anna press continue")
    await waits_for(anna, "Step 1 of 5")
    for line, then in (
        ("anna: It does not start", "Step 2 of 5"),
        ("anna: 123456789012", "Step 3 of 5"),
        ("anna: The screen stays dark", "Step 4 of 5"),
        ("anna press Skip", "Step 5 of 5"),
        ("anna album Look: here", "3 attachments"),
        ("anna press Done", "Submit"),
        ("anna press Submit", "#1001"),
    ):
        await commands.run(line)
        await waits_for(anna, then)
    while stage.thread(1001) is None:
        await asyncio.sleep(0.01)
    while len(stage.group.topics[0].messages) < 2:
        await asyncio.sleep(0.01)
    await commands.run("olga #1001 press Take")
    await commands.run("olga #1001: Good morning: we look at it")
    await waits_for(anna, "Good morning: we look at it")
    await commands.run("show anna")
    await commands.run("show #1001")
    await commands.run("help")
    await commands.run("")
    assert "Good morning" in shown(on)
    for line, words in (
        ("nonsense", "do not understand"),
        ("boris: hello", "nobody called “boris”"),
        ("anna press Fly", "There is no button “Fly” here; there are"),
        ("anna dances", "Nobody can “dances” here"),
        ("olga #77: hello", "There is no thread #77; there are #1001"),
        ("show #77", "There is no thread #77"),
        ("anna: " + "x" * 5000, "4096"),
    ):
        with pytest.raises(Mistake, match=re.escape(words)):
            await commands.run(line)


def test_without_a_terminal_it_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        assert demo.stdout is not None
        said = ""
        while "curl " not in said:
            said += (line := demo.stdout.readline())
            assert line, said
        assert re.search(r"Group\s+-100\d+", said)
        url = said.rpartition("curl ")[2].strip()
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert b"vendotek_desk_bot" in answer.read()
        demo.send_signal(signal.SIGTERM)
        assert "Stopped" in demo.stdout.read()
        assert demo.wait(20) == 0
    finally:
        demo.kill()
        demo.communicate()


def test_at_a_terminal_there_is_a_prompt(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    demo = subprocess.Popen(COMMAND, cwd=tmp_path, env=environment(), stdin=theirs, stdout=theirs)
    os.close(theirs)
    said = b""

    def until(words: str) -> None:
        nonlocal said
        while words.encode() not in said:
            said += os.read(ours, 65536)

    try:
        until("help, quit")
        os.write(ours, b"anna: /start\n")
        until("Choose a language")
        os.write(ours, "anna press Русский\nfly\n".encode())
        until("Здравствуйте!")
        until("do not understand")
        os.write(ours, b"quit\n")
        until("Stopped")
        assert demo.wait(20) == 0
    finally:
        demo.kill()
        demo.wait()
        os.close(ours)
