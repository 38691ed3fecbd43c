"""The web server: Telegram's way in, and what those who watch over the bot ask."""
