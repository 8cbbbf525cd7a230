"""Several people and their agents on one plan, over any plain git remote: claims are references."""
