"""What the programs that run tests load, so that they tell us what each test did.

These files are loaded by other people's Python and node: no import of sous, nothing new.
"""
