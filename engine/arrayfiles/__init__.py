"""Arrays in files that other programs wrote: name → array, nothing of a file executed."""
