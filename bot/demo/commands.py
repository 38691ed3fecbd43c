"""What can be typed at the demo's prompt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from bot.demo.acting import find_label, label_on, newest_with
from bot.demo.stage import Press, Stage
from bot.demo.transcript import Place, panel, print_stage
from locales import every
from playground import Attachment, Click, Document, Person, Photo, PrivateChat, Topic, Video, Voice

HELP = """\
anna and liga are customers; olga and janis are agents in the staff group.
Type a line for one of them:

  anna: /start             write to the bot
  anna press Русский       press a button, or one in the menu; English names do too
  anna photo Look          send a file: photo, album, video, voice or document
  olga #1001: Hello        answer in a ticket's thread; a note if // is in front
  olga #1001 press Take    press a button of its card
  show                     all that stands in the chats; show anna, show #1001 for one
  help, quit
"""

_LINE = re.compile(
    r"(?P<who>\w+)\s*(?:#(?P<number>\d+))?\s*(?::\s*(?P<text>.+)|(?<=[\s\d])(?P<verb>\w+)(?:\s+(?P<rest>.+))?)"
)
_FILES: dict[str, Callable[[], list[Attachment]]] = {
    "photo": lambda: [Photo()],
    "album": lambda: [Photo(), Photo(), Photo()],
    "video": lambda: [Video()],
    "voice": lambda: [Voice()],
    "document": lambda: [Document()],
}
# A press is answered as soon as it is processed.
_ANSWER_WITHIN = 5.0


class Mistake(Exception):
    """A line that cannot be done; the words say why."""


class Commands:
    """Does what a line says."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console

    async def run(self, line: str) -> None:
        """Do one line. Raises Mistake."""
        line = line.strip()
        command, _, rest = line.partition(" ")
        if not line:
            return
        if command == "help":
            self._console.print(HELP, markup=False)
        elif command == "show":
            self._show(rest.strip())
        else:
            try:
                await self._act(line)
            except (PermissionError, LookupError, ValueError) as refusal:
                # What a phone would not let a person do.
                raise Mistake(str(refusal)) from None

    def _show(self, what: str) -> None:
        if not what:
            print_stage(self._stage, self._console)
        elif what.startswith("#"):
            self._console.print(panel(self._stage, self._thread(what[1:])))
        else:
            self._console.print(panel(self._stage, self._place(self._person(what), None)))

    async def _act(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            raise Mistake("I do not understand this. A line looks like “anna: text”; help tells the others.")
        person = self._person(found["who"])
        place = self._place(person, found["number"])
        verb, rest = found["verb"], (found["rest"] or "").strip()
        if verb is None:
            person.write(place, found["text"])
        elif verb == "press":
            await self._press(person, place, rest)
        elif verb in _FILES:
            files = _FILES[verb]()
            if len(files) > 1:
                person.send_album(place, files, rest or None)
            else:
                person.send(place, files[0], rest or None)
        else:
            raise Mistake(f"Nobody can “{verb}” here; there are press, {', '.join(_FILES)}.")

    def _person(self, name: str) -> Person:
        person = self._stage.people.get(name.lower())
        if person is None:
            raise Mistake(f"There is nobody called “{name}”; there are {', '.join(self._stage.people)}.")
        return person

    def _place(self, person: Person, number: str | None) -> Place:
        if person in self._stage.customers.values():
            return person.chat(self._stage.bot)
        return self._stage.group if number is None else self._thread(number)

    def _thread(self, number: str) -> Topic:
        thread = self._stage.thread(int(number)) if number.isdigit() else None
        if thread is None:
            there = ", ".join(topic.name.split(" ")[0] for topic in self._stage.group.topics)
            raise Mistake(f"There is no thread #{number}; there are {there or 'none yet'}.")
        return thread

    async def _press(self, person: Person, place: Place, words: str) -> None:
        """Press the newest such button, or tap the menu; `words` as shown, or a control's English name."""
        menu = (
            [label for row in place.keyboard or [] for label in row] if isinstance(place, PrivateChat) else []
        )
        for name in sorted({words, *every(words), *every(words.capitalize())}):
            message = newest_with(place, name)
            if message is not None and (label := label_on(message, name)) is not None:
                self._stage.presses.append(Press(message, label, message.text))
                await self._answer(person.press(message, label))
                return
            if isinstance(place, PrivateChat) and (label := find_label(menu, name)) is not None:
                person.tap(place, label)
                return
        shown_now = [text for m in place.messages for row in m.buttons for text in row]
        there = ", ".join(dict.fromkeys([*shown_now[-12:], *menu])) or "none"
        raise Mistake(f"There is no button “{words}” here; there are {there}.")

    async def _answer(self, click: Click) -> None:
        try:
            answer = await asyncio.wait_for(click.wait(), _ANSWER_WITHIN)
        except TimeoutError:
            raise Mistake("The bot has not answered the press.") from None
        if answer.text:
            self._console.print(Text(f"({answer.text})", style="italic"))
