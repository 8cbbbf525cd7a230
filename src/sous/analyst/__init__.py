"""Reviews without a model: from a bundle to facts, from facts to findings, from findings to the five reports."""
