"""Panes: the widgets that show a drawing, made of (frame, size) alone, and what repaints them."""
