"""Captions of code blocks are names of files, and no markup: there is nothing bold in
`handlers/__init__.py`."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.typing import ExtensionMetadata


class FileCaptions(SphinxTransform):
    default_priority = 200

    def apply(self) -> None:
        for block in self.document.findall(nodes.container):
            for caption in block.children:
                if isinstance(caption, nodes.caption):
                    caption.children = []
                    caption += nodes.literal(text=caption.rawsource)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_transform(FileCaptions)
    return {"parallel_read_safe": True}
