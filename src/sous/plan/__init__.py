"""Plans: read in the shapes that people and models write."""
