"""How updates come in, are processed, and what we owe Telegram goes out: accept, process, deliver."""
