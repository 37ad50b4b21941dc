"""The panes: one widget a file, each a pure drawing of (frame, size)."""
