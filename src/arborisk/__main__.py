"""``python -m arborisk``."""

from arborisk.cli import main

if __name__ == "__main__":
    main()
