"""Files of ours and of theirs: what may be written, what was made here, who is writing."""
