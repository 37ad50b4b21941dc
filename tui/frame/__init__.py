"""The session as a frame, from which every pane is drawn, and the words for it."""
