"""Asking people by a link, and the pages that are their own: answers, what is held, their words."""
