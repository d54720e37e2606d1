"""What to look at: results as documents."""

from __future__ import annotations

from tiers_payant.reports._bilan_relances_texte import bilans_text
from tiers_payant.reports._controle import controle_chunks, controles_text
from tiers_payant.reports._controle_texte import controle_text
from tiers_payant.reports._delta_json import delta_chunks
from tiers_payant.reports._exports import EXPORTS
from tiers_payant.reports._indicateurs import INDICATEURS
from tiers_payant.reports._indicateurs_texte import indicateurs_chunks, indicateurs_text
from tiers_payant.reports._inspection_texte import inspection_text
from tiers_payant.reports._rapprochement_json import rapprochement_chunks, rapprochement_schema
from tiers_payant.reports._rejets_csv import actions_csv
from tiers_payant.reports._rejets_json import rejets_chunks, rejets_schema
from tiers_payant.reports._rejets_texte import rejets_text
from tiers_payant.reports._relances_contacts import qui
from tiers_payant.reports._relances_json import relances_chunks, relances_schema
from tiers_payant.reports._relances_texte import relances_summary, relances_text
from tiers_payant.reports._texte import rapprochement_text

__all__ = [
    "EXPORTS",
    "INDICATEURS",
    "actions_csv",
    "bilans_text",
    "controle_chunks",
    "controle_text",
    "controles_text",
    "delta_chunks",
    "indicateurs_chunks",
    "indicateurs_text",
    "inspection_text",
    "qui",
    "rapprochement_chunks",
    "rapprochement_schema",
    "rapprochement_text",
    "rejets_chunks",
    "rejets_schema",
    "rejets_text",
    "relances_chunks",
    "relances_schema",
    "relances_summary",
    "relances_text",
]
