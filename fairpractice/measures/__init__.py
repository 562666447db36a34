"""How well, and for whom: measures, one file each, counted for every group and date at once."""
