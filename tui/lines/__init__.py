"""Line mode: a line of commands in, lines of text out; no terminal is known here."""
