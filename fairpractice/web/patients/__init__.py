"""The person: finding them, what is known of their circumstances, and what is added to it."""
