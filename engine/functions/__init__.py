"""Functions of θ written as formulas: read, differentiated, written, computed."""
