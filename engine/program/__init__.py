"""A run spec compiled to its steps. The steps that are shown are the steps that compute."""
