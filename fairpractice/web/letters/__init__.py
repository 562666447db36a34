"""Letters that support a person: drafted from what is known, edited, kept, and taken out."""
