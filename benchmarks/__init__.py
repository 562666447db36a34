"""What the goals of speed are measured with, on demand: ``make bench``."""
