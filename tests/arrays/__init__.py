"""Tests of the counter that keeps the facts as arrays."""
