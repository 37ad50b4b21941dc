"""Tests of the rows: values, gradients, options."""
