"""Every generated module, and what is generated in the documents.

`python -m tools.gen` writes them, `--check` says which are stale.
"""

import subprocess
import sys

GENERATORS = (
    "gen_cosem",
    "gen_gbz",
    "gen_glyphs",
    "gen_p256",
    "gen_served",
    "gen_usecases",
    "gen_docs",
)


def main(arguments: "list[str]") -> int:
    """Runs each generator; 1 where one found something stale or failed."""
    failed = 0
    for name in GENERATORS:
        failed |= subprocess.call([sys.executable, "-m", "tools." + name, *arguments])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
