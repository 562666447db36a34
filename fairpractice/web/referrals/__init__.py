"""Referrals to services: sent on a consent, moved by people, seen while it holds, followed up."""
