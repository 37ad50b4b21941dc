"""The terminal side of gradstep: frames, text, drawings, screens."""
