"""What to chase: policies, holds, a plan that anyone can read before anything is sent."""

from __future__ import annotations
