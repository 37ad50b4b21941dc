"""Numbers to text, and shapes to characters."""
