"""The runner: gives each step of a plan to an agent, and trusts only tests that it ran itself."""
