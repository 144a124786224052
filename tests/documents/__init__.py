"""Files that are one document, cut into records."""
