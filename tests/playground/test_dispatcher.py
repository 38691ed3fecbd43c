import asyncio

from aiogram import Bot as Client
from aiogram import Dispatcher
from aiogram.filters import CommandStart
from aiogram.types import Message

from playground import Bot, Person, Playground


async def test_an_ordinary_aiogram_bot_runs_against_it(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart())
    async def greet(message: Message) -> None:
        await message.answer("Hello")

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.send_copy(message.chat.id)

    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    anna.write(talon, "<500> & 😀")
    anna.send_photo(talon, "look")
    chat = anna.chat(talon)
    while len(chat.messages) < 6:
        await asyncio.sleep(0.01)
    await dispatcher.stop_polling()
    await polling
    answers = [(message.kind, message.text) for message in chat.messages if message.sender is talon]
    assert sorted(answers) == [("photo", "look"), ("text", "<500> & 😀"), ("text", "Hello")]
    assert pg.idle(talon)


async def test_it_stops_at_once_while_a_bot_polls(bot: Client, talon: Bot, anna: Person) -> None:
    async with Playground() as other:
        account = other.add_bot("Other", "other_bot", token=talon.token)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(other.url.rpartition(":")[2]))
        writer.write(f"GET /bot{account.token}/getUpdates?timeout=50 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await asyncio.sleep(0.05)
        assert account.poll is not None
        await asyncio.wait_for(other.stop(), 1)
        assert await reader.read() == b""
        writer.close()
