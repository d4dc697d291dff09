"""`python -m scripts.sandbox --port N --home DIR`: the sandbox in the foreground."""

import sys

from scripts.sandbox.server import main

if __name__ == "__main__":
    sys.exit(main())
