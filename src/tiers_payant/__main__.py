"""`python -m tiers_payant`: the same command as `tiers-payant`."""

from __future__ import annotations

import sys

from tiers_payant.cli import main

sys.exit(main())
