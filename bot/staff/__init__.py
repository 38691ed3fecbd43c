"""The agents' side: threads, cards and their buttons, membership, commands."""
