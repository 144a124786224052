"""What leaves the house with pseudonyms."""
