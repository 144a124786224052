"""A healthy day of a busy site: everything that looks bad in it is right."""
