"""Networks, their practices and community partners, and who belongs to which."""
