"""`python -m sous` is `sous`."""

from sous.cli import main

if __name__ == "__main__":
    main()
