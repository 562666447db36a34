"""How records arrive: what is read is stored, set aside or quarantined, and the counts add up."""
