"""YAML and JSON text with marks: reading, changing single values in place, writing.

Nothing here knows of plans or decides what a value means.
"""

from maintplan.yamltext.document import Document
from maintplan.yamltext.dumping import dump, dump_line
from maintplan.yamltext.nodes import MAX_BYTES, MAX_DEPTH, Data, Value
from maintplan.yamltext.reading import read, read_file
from maintplan.yamltext.splicing import splice, spliced

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Data",
    "Document",
    "Value",
    "dump",
    "dump_line",
    "read",
    "read_file",
    "splice",
    "spliced",
]
