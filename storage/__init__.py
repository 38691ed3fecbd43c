"""The store: everything Talon must not forget, in one database and one transaction at a time."""
