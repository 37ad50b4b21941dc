"""What each pane shows: pure functions of (frame, width, height) that give lines of text."""
