"""What mkdocs asks while it builds: each cause and each format has its page in the navigation, and is named once."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of a folder below the page that lists them."""
    docs = Path(config.docs_dir)
    config.nav = [_with_pages(entry, docs) for entry in config.nav or ()]
    return config


def _with_pages(entry: dict[str, object], docs: Path) -> dict[str, object]:
    ((title, page),) = entry.items()
    folder = docs / str(page).removesuffix(".md")
    if not folder.is_dir():
        return entry
    pages = sorted(path.relative_to(docs).as_posix() for path in folder.glob("*.md"))
    return {title: [{f"All {title.lower()}": page}, *pages]}
