"""Lists of people who may be missing out: made in one run, and shown as they are now."""
