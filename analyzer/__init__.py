"""lasthop: which was the last hop a request reached, and why it went no further."""
