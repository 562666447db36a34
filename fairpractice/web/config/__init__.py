"""How the service is set up and started: its environment, settings, addresses and database."""
