"""Text to directives: the words of a file with their places, and what of it could not be read as it stands.

In come the texts of a bundle, out go directives, file by file. The hard thing: people paste
fragments, dumps and shells.
"""
