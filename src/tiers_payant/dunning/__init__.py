"""What to chase: policies, holds, plans, and the letters that say it."""

from __future__ import annotations
