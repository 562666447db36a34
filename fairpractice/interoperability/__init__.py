"""Others' shapes to ours and back: the one place that knows how a standard writes things."""
