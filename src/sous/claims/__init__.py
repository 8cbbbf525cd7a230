"""Claims about code in a report: found, judged by the bundle, marked and corrected in place."""
