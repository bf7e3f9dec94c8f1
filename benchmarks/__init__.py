"""Timings against numpy, pymrio and naive loops; see bench_*.py."""
