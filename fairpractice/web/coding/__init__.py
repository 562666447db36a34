"""What is to be coded or put right: found for a person at work, who settles each in two clicks."""
