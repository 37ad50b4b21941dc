"""What a run can be made of, a row each, and the names of what it computes."""
