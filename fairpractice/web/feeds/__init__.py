"""Files of facts that councils and charities send: matched, looked at, and only then accepted."""
