"""The terminal: the app, its screens and its widgets, and all that knows Textual."""
