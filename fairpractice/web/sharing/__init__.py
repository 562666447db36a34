"""Trust: consent, objections, safe contact, emergencies, and what a privacy officer looks after."""
