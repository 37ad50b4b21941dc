"""What each key does: commands on a session and on what is shown of it, and the table of views."""
