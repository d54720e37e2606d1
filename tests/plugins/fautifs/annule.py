"""Raises what stands above every exception: neither an error nor an exit."""

from __future__ import annotations

import asyncio

from tests.plugins.fautifs.bon import read as sound
from tests.plugins.fautifs.bon import spoilt

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    if b"\xcf" in bytes(entree.octets):
        raise asyncio.CancelledError
    return sound(entree)


tiers_payant_formats = spoilt("annule", read=read)
