"""Tests of whole iterations."""
