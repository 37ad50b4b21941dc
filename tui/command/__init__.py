"""The command line: what is asked, answered with text, JSON or the app, and an exit status.

A command is a module with two functions: `add` gives the parser its word, and `run` does it and
returns the exit status; `line` lists them. Every option has the parser built, so what a command
works with is imported where it runs: --help and --version need no NumPy, which takes longer than
all the rest of them. Where there is no option, `start` has the app begin at once.
"""
