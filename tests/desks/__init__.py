"""The shipped desks as customers and agents meet them: one file a desk, one regulation a file."""
