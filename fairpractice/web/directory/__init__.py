"""The services that may help somebody: read from what others publish, kept by who offers them."""
