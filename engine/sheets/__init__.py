"""Somebody's numbers: read from a sheet, judged by their own figures, and what went wrong named."""
