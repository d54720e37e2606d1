"""What goes wrong before a facture leaves.

A cause has a family of rejects and a weight among the causes of its family. Some are written in the lot (`_saisies`),
which then says something false; of these, some show in the lot by themselves, or beside what was sent before: a check
may stop them. The others nobody sees before the insurer does. Weights are choices.
"""

from __future__ import annotations

import attrs

from ._catalogue import CONTRAT_FERME
from ._monde import AMC, AMO
from ._saisies import (
    Ecrire,
    acte,
    amc_absente,
    amc_autre,
    centre,
    chiffre,
    cle,
    exoneration_a_tort,
    exoneration_sans_effet,
    naissance_autre,
    naissance_impossible,
    nature,
    ordonnance_perimee,
    prescripteur_absent,
    prescripteur_autre,
    prescripteur_cle,
    prescription_apres,
    prix,
    rang_autre,
    rang_nul,
    soins_anciens,
    soins_tardifs,
    taux,
)

__all__ = ["AU_COMPTOIR", "CAUSES", "PAR_NOM", "Cause"]

_MATERNITE, _ACCIDENT = "30", "41"


@attrs.frozen(kw_only=True, eq=False)
class Cause:
    """Something that gets a share refused."""

    nom: str
    famille: str
    poids: float
    """Weight among the causes of the family that this insurer may give."""
    parts: tuple[str, ...] = (AMO, AMC)
    """Who may refuse for it."""
    ecrire: Ecrire | None = None
    """Writes it in the lot; None when nothing of it is there."""
    sans_suite: bool = False
    """Whether such a reject is never followed by another facture."""
    admise: float = 0.0
    """Weight among the faults that insurers let pass."""


CAUSES: tuple[Cause, ...] = (
    Cause(nom="assure_inconnu", famille="IDENTITE_NIR", poids=2),
    Cause(nom="nir_cle", famille="IDENTITE_NIR", poids=3, ecrire=cle, admise=1),
    Cause(nom="nir_chiffre", famille="IDENTITE_NIR", poids=3, ecrire=chiffre),
    Cause(nom="naissance_impossible", famille="IDENTITE_NIR", poids=1, ecrire=naissance_impossible, admise=1),
    Cause(nom="naissance_autre", famille="IDENTITE_NIR", poids=2, ecrire=naissance_autre, admise=3),
    Cause(nom="rang_nul", famille="IDENTITE_NIR", poids=1, ecrire=rang_nul, admise=1),
    Cause(nom="rang_autre", famille="IDENTITE_NIR", poids=1, ecrire=rang_autre, admise=2),
    Cause(nom="droits_fermes", famille="DROITS_AMO", poids=1, parts=(AMO,)),
    Cause(nom="caisse_changee", famille="CAISSE_DEST", poids=1, parts=(AMO,)),
    Cause(nom="centre_ancien", famille="CAISSE_DEST", poids=2, parts=(AMO,), ecrire=centre, admise=2),
    Cause(nom="exoneration_inconnue", famille="EXONERATION", poids=3, parts=(AMO,)),
    Cause(nom="exoneration_a_tort", famille="EXONERATION", poids=2, parts=(AMO,), ecrire=exoneration_a_tort),
    Cause(nom="exoneration_sans_effet", famille="EXONERATION", poids=1, parts=(AMO,), ecrire=exoneration_sans_effet),
    Cause(nom="nature_inconnue", famille="NATURE_ASSURANCE", poids=1, parts=(AMO,)),
    Cause(nom="nature_accident", famille="NATURE_ASSURANCE", poids=2, parts=(AMO,), ecrire=nature(_ACCIDENT)),
    Cause(nom="nature_maternite", famille="NATURE_ASSURANCE", poids=1, parts=(AMO,), ecrire=nature(_MATERNITE)),
    Cause(nom="prescripteur_inconnu", famille="PRESCRIPTEUR", poids=2, parts=(AMO,)),
    Cause(nom="prescripteur_absent", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=prescripteur_absent),
    Cause(nom="prescripteur_cle", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=prescripteur_cle, admise=2),
    Cause(nom="prescripteur_autre", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=prescripteur_autre, admise=2),
    Cause(nom="prescription_apres", famille="PRESCRIPTEUR", poids=2, parts=(AMO,), ecrire=prescription_apres, admise=1),
    Cause(nom="ordonnance_incomplete", famille="PRESCRIPTION", poids=3, parts=(AMO,)),
    Cause(nom="ordonnance_perimee", famille="PRESCRIPTION", poids=1, parts=(AMO,), ecrire=ordonnance_perimee, admise=2),
    Cause(nom="piece_absente", famille="PIECE_JUSTIF", poids=1, parts=(AMO,), sans_suite=True),
    Cause(nom="prix_perime", famille="PRODUIT_TARIF", poids=2),
    Cause(nom="taux_faux", famille="PRODUIT_TARIF", poids=2, ecrire=taux, admise=2),
    Cause(nom="prix_faux", famille="PRODUIT_TARIF", poids=1, ecrire=prix, admise=1),
    Cause(nom="acte_inconnu", famille="PRODUIT_TARIF", poids=1, ecrire=acte),
    Cause(nom="substitution_refusee", famille="SUBSTITUTION", poids=1, parts=(AMO,)),
    Cause(nom="double_envoi", famille="DOUBLON", poids=0, sans_suite=True),
    Cause(nom="deja_paye_a_tort", famille="DOUBLON", poids=1, sans_suite=True),
    Cause(nom="accord_absent", famille="ACCORD_PREALABLE", poids=1, parts=(AMO,)),
    Cause(nom=CONTRAT_FERME, famille="AMC_CONTRAT", poids=0, parts=(AMC,)),
    Cause(nom="adherent_inconnu", famille="AMC_CONTRAT", poids=2, parts=(AMC,)),
    Cause(nom="garantie_absente", famille="AMC_CONTRAT", poids=2, parts=(AMC,)),
    Cause(nom="amc_absente", famille="AMC_CONTRAT", poids=2, parts=(AMC,), ecrire=amc_absente),
    Cause(nom="amc_autre", famille="AMC_CONTRAT", poids=1, parts=(AMC,), ecrire=amc_autre),
    Cause(nom="accreditation_perdue", famille="AMC_TORT", poids=1, parts=(AMC,)),
    Cause(nom="soins_anciens", famille="FORCLUSION", poids=3, ecrire=soins_anciens, sans_suite=True),
    Cause(nom="hors_delai_a_tort", famille="FORCLUSION", poids=1, sans_suite=True),
    Cause(nom="soins_tardifs", famille="FORCLUSION", poids=0, ecrire=soins_tardifs, admise=3),
    Cause(nom="signature", famille="TECHNIQUE", poids=1),
)
"""A weight of 0 is never drawn within its family: the world gives it otherwise, or insurers let it pass."""

PAR_NOM = {cause.nom: cause for cause in CAUSES}

AU_COMPTOIR = frozenset(
    (
        "IDENTITE_NIR",
        "NATURE_ASSURANCE",
        "PRESCRIPTEUR",
        "PRESCRIPTION",
        "PIECE_JUSTIF",
        "PRODUIT_TARIF",
        "SUBSTITUTION",
    )
)
"""Families whose faults are made at the counter: some operators make more of them."""
