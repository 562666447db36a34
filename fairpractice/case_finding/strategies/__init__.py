"""Ways of choosing whom to offer help, one file each, with which ours are compared."""
