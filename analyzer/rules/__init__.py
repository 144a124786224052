"""The causes, one a file. The runner discovers them; nothing else lives here."""
