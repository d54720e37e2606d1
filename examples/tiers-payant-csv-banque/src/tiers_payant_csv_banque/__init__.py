"""CSV exports of banks: what one looks like is a profile, a TOML file of `profils`; to read one is the same for all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib import resources

from tiers_payant.domain import FormatSpec, hookimpl
from tiers_payant_csv_banque._lecture import read, sniff
from tiers_payant_csv_banque._profil import Profil

__all__ = ["Profil", "format_of", "read", "sniff", "tiers_payant_formats"]
__version__ = "1.0.0"
requires_api = ">=1,<2"


def format_of(profil: Profil) -> FormatSpec:
    """Return the format that a profile describes; yours can be brought by a plugin of yours."""
    return FormatSpec(
        name=f"csv-{profil.nom}",
        label=profil.label,
        sniff=partial(sniff, profil=profil),
        read=partial(read, profil=profil),
    )


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return one format for each profile."""
    folder = resources.files(__name__).joinpath("profils")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield format_of(Profil.parse(file.read_text(encoding="utf-8"), file.name))
