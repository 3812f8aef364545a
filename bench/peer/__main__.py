"""Run a peer's script with our `common` in place of its own: `python bench/peer SCRIPT ARGUMENTS`."""

import runpy
import sys

if __name__ == "__main__":
    script = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_path(script, run_name="__main__")
