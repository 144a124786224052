"""What a backend receives: its address, the request line, the headers, and whether a handshake survives.

In comes a passage that came to a `*_pass`, out goes the backend's request. The hard
thing: what is inherited, and what never is.
"""
