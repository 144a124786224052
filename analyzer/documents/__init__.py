"""Files that are one document and not lines: a HAR, and what sets a program up.

Every module here that exports DOCUMENT is a kind of document: adding one changes no other file.
"""

from importlib import import_module
from pkgutil import iter_modules

from analyzer.documents.document import Document, DocumentError, records_of

__all__ = ["DOCUMENTS", "Document", "DocumentError", "document_of", "records_of"]


def _discover() -> tuple[Document, ...]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    documents = (getattr(module, "DOCUMENT", None) for module in modules)
    return tuple(each for each in documents if isinstance(each, Document))


DOCUMENTS: tuple[Document, ...] = _discover()
"""Every kind of document, by name."""


def document_of(head: str) -> Document | None:
    """Tell by its beginning what document a file is, or None: then it is lines."""
    return next((document for document in DOCUMENTS if document.fits(head)), None)
