"""The command line: what is asked, answered with text, JSON or the app, and an exit status."""
