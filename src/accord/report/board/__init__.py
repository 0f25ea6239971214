"""The board report: gathered, written out, set as a page and as a PDF."""
