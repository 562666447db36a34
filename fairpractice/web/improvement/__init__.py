"""Improvement projects: who leads them, what is tried and with whom, and what was learned."""
