"""Who is missing out: rules, one file each, and the list of people that a rule finds."""
