"""Text to run spec and back: run files, the built-in ones too, and the template."""
