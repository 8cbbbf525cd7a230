"""The runner: hands each step of a plan to an agent, and believes nothing but tests that it ran itself."""
