"""Where care is unequal: what a network's figures say, released together and shown to its leads."""
