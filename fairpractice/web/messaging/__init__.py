"""Messages to people and organisations: written with what causes them, and sent once."""
