"""What a report shows of a house's own addresses, hosts, names and ids: pseudonyms, and never themselves.

In: values and lines on their way into a report; after the verdict, so that it cannot change one. Out: the same with
pseudonyms, equal where the real ones are, numbered in the order in which they first appear: no salt, no chance.
"""

from analyzer.anonymity.anonymisation import Anonymisation

__all__ = ["Anonymisation"]
