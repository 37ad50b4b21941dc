"""Tests of the app: snapshots, what is sent, the real program in a terminal."""
