"""One model of markdown: where its blocks, boxes and fields stand, and edits that leave the rest."""
