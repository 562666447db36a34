"""Socially accountable primary care: know, find, act, share, listen, teach, learn."""

__version__ = "0.1.0"
