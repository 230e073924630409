"""``python -m maintplan`` is ``maintplan``."""

from maintplan.cli import main

if __name__ == "__main__":
    main()
