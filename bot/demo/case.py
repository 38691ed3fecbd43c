"""What was really sent for one ticket, by whom: what the other side has to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.acting import Agent, Customer, until
from locales import Language, translator
from playground import Attachment, SeenMessage, Topic


@dataclass(slots=True)
class Case:
    """One customer's ticket in the story. `opening` belongs to it before it has a number."""

    customer: Customer
    agent: Agent
    number: int = 0
    topic: Topic | None = None
    subject: str = ""
    serial: str = ""
    description: SeenMessage | None = None
    opening: list[SeenMessage] = field(default_factory=list)
    later: list[SeenMessage] = field(default_factory=list)
    answers: list[SeenMessage] = field(default_factory=list)
    notes: list[SeenMessage] = field(default_factory=list)
    # The language chosen, from the first message of the chat above this id.
    languages: list[tuple[int, Language]] = field(default_factory=list)

    @property
    def thread(self) -> Topic:
        """The thread, which the story has waited for."""
        assert self.topic is not None
        return self.topic

    @property
    def card(self) -> SeenMessage | None:
        """The message that opens the thread."""
        bot = self.customer.stage.bot
        messages = self.topic.messages if self.topic is not None else []
        return next((m for m in messages if m.sender is bot and m.kind == "text"), None)

    async def choose_language(self, language: Language) -> None:
        """The customer chooses a language; what comes below is expected in it."""
        last = self.customer.chat.last_id
        await self.customer.chooses(language)
        self.languages.append((last, language))

    async def opened(self) -> None:
        """Wait for number and thread, with the card and every file in it."""
        customer = self.customer
        stage = customer.stage
        said = translator(customer.language).plain("Your request is registered: <b>#{number}</b>.", number=0)
        start = said.split("<b>")[0]
        message = await customer.reads(customer.chat, start)
        self.number = int((message.text or "").partition("#")[2].partition(".")[0])
        self.topic = await until(
            stage, lambda: stage.thread(self.number), f"{self.agent.name} waited for #{self.number}"
        )
        await until(stage, lambda: self.card, f"{self.agent.name} waited for the card of #{self.number}")
        for sent in self.opening:
            await self.shows(sent)

    async def shows(self, sent: SeenMessage) -> SeenMessage:
        """Wait until what the customer sent stands in the thread."""
        return await self.agent.sees(self.thread, f"“{_words(sent)}”", lambda m: same(sent, m))

    async def reaches(self, sent: SeenMessage) -> SeenMessage:
        """Wait until what the agent sent stands in the customer's chat."""
        return await self.customer.sees(self.customer.chat, f"“{_words(sent)}”", lambda m: same(sent, m))

    async def customer_writes(self, text: str, reply_to: SeenMessage | None = None) -> SeenMessage:
        """The customer writes for the open ticket; gives back what stands in the thread."""
        self.later.append(self.customer.writes(text, reply_to=reply_to))
        return await self.shows(self.later[-1])

    async def agent_answers(self, text: str, file: Attachment | None = None) -> SeenMessage:
        """The agent answers, perhaps with a file; gives back what the customer sees."""
        person = self.agent.person
        sent = person.send(self.thread, file, text) if file else person.write(self.thread, text)
        self.answers.append(sent)
        seen = await self.reaches(sent)
        await self.agent.marked(sent, "the answer")
        return seen

    async def agent_notes(self, text: str) -> None:
        """The agent writes something for colleagues."""
        self.notes.append(self.agent.person.write(self.thread, text))
        await self.agent.marked(self.notes[-1], "the note")


def same(sent: SeenMessage, seen: SeenMessage) -> bool:
    """Whether the bot's message shows what a person sent: the same file, the same words."""
    if sent.file is not seen.file:
        return False
    words, shown = sent.text or "", seen.text or ""
    # A line above it may say which ticket it is about.
    return shown == words or (bool(words) and shown.endswith(f"\n{words}"))


def _words(message: SeenMessage) -> str:
    return message.text or f"[{message.kind}]"
