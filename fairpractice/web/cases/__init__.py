"""Cases: somebody is helped by a link worker, from the day they were found to the outcome."""
