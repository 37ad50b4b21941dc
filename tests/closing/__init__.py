"""An independent check of what is printed: each line is worked out again from its characters."""
