"""Where a number becomes a sentence, a table, a picture, a page."""
