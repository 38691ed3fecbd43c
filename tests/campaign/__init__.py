"""Faults, one after the other, against the real bot in a process of its own, while people go on talking."""
