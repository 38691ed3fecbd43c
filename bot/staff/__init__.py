"""The agents' side: what they write and press, membership, commands."""
