"""What agents read, and the buttons they press there."""
