"""What a valid description of a run is, and a clear sentence for what is not one."""
