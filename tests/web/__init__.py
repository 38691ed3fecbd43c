"""The web server: the webhook, and what those who watch over the bot are told."""
