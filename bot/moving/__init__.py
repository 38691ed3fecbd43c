"""Moving a desk's store: to another kind of database, into a backup, and back from one."""


class MoveError(Exception):
    """A store cannot be moved as asked; the message is one line for people."""
