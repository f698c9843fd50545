"""The quarantine in the admin: files that could not be read are retried, replaced, pasted as text or dropped."""
