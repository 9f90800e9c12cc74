"""`python -m gbcs_host.cli` is `gbcs`."""

import sys

from gbcs_host.cli import main

sys.exit(main())
