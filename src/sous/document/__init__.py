"""One model of markdown: where blocks, boxes and fields are, and edits that leave the rest."""
