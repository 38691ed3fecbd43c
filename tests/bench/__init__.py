"""Measurements, run by hand: `python -m tests.bench`. Ratios against a bare aiogram bot of the same run."""
