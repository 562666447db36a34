"""What is known of a person: tables, social facts, lawful basis, and the only date arithmetic."""
