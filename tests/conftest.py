"""What every test shares: how hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The machine that runs the tests may be slow or shared: a deadline would fail them for no fault of the code.
settings.register_profile("poste", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("poste"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "poste")
