"""Messages of a conversation rebuilt as Telegram calls for the other side."""
