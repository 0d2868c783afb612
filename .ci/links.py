#!/usr/bin/env python3
"""Relative links of Markdown as links to the files of a version, for texts that are read elsewhere.

    .ci/links.py 0.1.0 README.md     # prints the document
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def absolute_links(text, version):
    """Links lead to the pages of files in the repository, pictures to the files themselves."""
    repository = re.search(r'^repository = "(.+)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    pictures = repository.replace("https://github.com/", "https://raw.githubusercontent.com/")
    text = re.sub(r'(!\[[^\]]*\]\(|src=")(?!https?://)([^)"\s]+)', rf"\1{pictures}/v{version}/\2", text)
    return re.sub(r"\]\((?!https?://|#)([^)\s]+)\)", rf"]({repository}/blob/v{version}/\1)", text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} VERSION FILE")
    document = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    sys.stdout.buffer.write(absolute_links(document, sys.argv[1]).encode("utf-8"))
