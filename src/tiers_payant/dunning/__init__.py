"""Dunning: whom to remind of what is owed, when and how, and why the others are left alone."""

from __future__ import annotations

from tiers_payant.dunning._adresses import contacts_of, with_patients

__all__ = ["contacts_of", "with_patients"]
