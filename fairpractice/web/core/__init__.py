"""What the whole service stands on: the audit trail, access, encryption, the page itself."""
