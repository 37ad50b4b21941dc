"""Where the reader stands and has been: the one writer."""
