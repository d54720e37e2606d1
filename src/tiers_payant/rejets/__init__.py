"""Rejects: why a share was refused, what to do about it, by when, and how not to be refused again."""

from __future__ import annotations

from tiers_payant.rejets._accreditations import read_accreditations
from tiers_payant.rejets._actions import plan
from tiers_payant.rejets._audit import audit
from tiers_payant.rejets._classement import classify
from tiers_payant.rejets._codes import TableCodes, load_codes, write_codes
from tiers_payant.rejets._delais import deadlines
from tiers_payant.rejets._fichier_codes import parse_codes, read_codes
from tiers_payant.rejets._fusion import Remplacement, check_conflicts
from tiers_payant.rejets._inconnus import inconnus, write_inconnus
from tiers_payant.rejets._operateurs import read_operateurs
from tiers_payant.rejets._penalites import penalites
from tiers_payant.rejets._statistiques import AXES, statistics
from tiers_payant.rejets._vocabulaire import Expression, expressions
from tiers_payant.rejets.controle import (
    CodesConnus,
    check_names,
    controles,
    devis,
    examine,
    prescription_ancienne,
    prevention,
)

__all__ = [
    "AXES",
    "CodesConnus",
    "Expression",
    "Remplacement",
    "TableCodes",
    "audit",
    "check_conflicts",
    "check_names",
    "classify",
    "controles",
    "deadlines",
    "devis",
    "examine",
    "expressions",
    "inconnus",
    "load_codes",
    "parse_codes",
    "penalites",
    "plan",
    "prescription_ancienne",
    "prevention",
    "read_accreditations",
    "read_codes",
    "read_operateurs",
    "statistics",
    "write_codes",
    "write_inconnus",
]
