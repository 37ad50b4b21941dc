"""A view a file: its row, its page, its keys and the command that opens it."""
