"""How often things happen in the simulated months, and where each figure comes from."""

from __future__ import annotations

import attrs

__all__ = ["Taux"]


def _part(default: float) -> float:
    return attrs.field(default=default, validator=[attrs.validators.ge(0.0), attrs.validators.le(1.0)])


@attrs.frozen(kw_only=True)
class Taux:
    """Rates of the simulated world; probabilities from 0 to 1, amounts in euro cents.

    The first five come from figures published on 400 pharmacies (Santeffi, 15/04/2010) and the January peak from the
    trade press. All the others are choices: often enough that each accident occurs in 20 000 factures, rare enough that
    the months stay ordinary.
    """

    rejets: float = _part(0.025)
    """Factures of which a share is refused (Santeffi: 2.5 % of files)."""
    impayes_muets: float = _part(0.028)
    """Factures of which a share is never paid and never refused (Santeffi: 2.8 % of files unpaid after 30 days)."""
    virements_par_facture: float = attrs.field(default=0.25, validator=attrs.validators.gt(0.0))
    """Bank credits for one facture (Santeffi: 708 for 3 080)."""
    panier_moyen_cents: int = attrs.field(default=4800, validator=attrs.validators.ge(2000))
    """Mean amount charged by a facture (Santeffi: a basket of 48 EUR)."""
    pic_janvier: float = attrs.field(default=6.0, validator=attrs.validators.ge(1.0))
    """How many times more AMC rejects in January: new contracts, new cards (press: four to eight)."""

    jamais_repondus: float = _part(0.65)
    """Of the silently unpaid, those that no return ever names; the others are announced and never credited."""
    rejets_amc: float = _part(0.55)
    """Of the rejects of factures billed to both, those of the AMC."""
    refacturations: float = _part(0.7)
    """Refused factures that are corrected and billed again under a new number."""
    refacturations_autre_montant: float = _part(0.1)
    """Of these, those whose amounts are corrected too."""
    fautes_admises: float = _part(0.012)
    """Factures that bear a fault which no insurer minds, of those that nobody refuses."""
    libelles_reserves: float = _part(0.0)
    """Rejects worded as in the file held out to judge classifications; see `docs/explanation/simulation.md`."""
    differes: float = _part(0.004)
    """Shares first answered as deferred."""
    traitements_caisse: float = _part(0.004)
    """AMO shares that the caisse says it processes again by itself."""
    paiements_partiels: float = _part(0.004)
    """Shares paid less than asked."""
    trop_percus: float = _part(0.001)
    """Shares paid more than asked."""
    reprises: float = _part(0.002)
    """Shares paid, then taken back by a negative answer."""
    nets_negatifs: float = _part(0.3)
    """Of these, those taken back by an announcement below zero, which the officine then pays by a transfer; the others
    lower a transfer that stays positive. A payer that separates the shares makes none."""

    dates_ressaisies: float = _part(0.003)
    """Answers whose lot date is absent or another, because the insurer typed the facture in anew. The old set of
    entities cannot leave it out (080), so there it is another."""
    numeros_ressaisis: float = _part(0.003)
    """Answers whose facture number is absent or the insurer's own, beneficiary and amounts right; the lot date is lost
    with it half of the time."""
    numeros_permutes: float = _part(0.0005)
    """Answers in whose facture number two digits changed places, which may name another facture of the same lot."""

    retards: float = _part(0.02)
    """Announced transfers credited more than ten days late."""
    eclates: float = _part(0.01)
    """Announced transfers credited in two lines."""
    virements_partiels: float = _part(0.004)
    """Announced transfers credited for less, under their own label: lines left out, or a sum withheld that nothing
    announced. The rest never comes."""
    groupes: float = _part(0.02)
    """Announced transfers credited in one line with another of the same payer."""
    egalites: float = _part(0.05)
    """Days on which a payer, where it can, makes two transfers of one amount."""
    sans_retour: float = _part(0.01)
    """Transfers credited whose return never comes."""
    retenues: float = _part(0.01)
    """Transfers lowered by an old debt."""
    forfaits: float = _part(0.004)
    """Transfers raised by a lump sum."""
    penalites: float = _part(0.006)
    """AMO transfers raised by a penalty for late payment."""
    indus: float = _part(0.01)
    """Chance, for a day and a caisse, that an undue sum is claimed, which the officine then pays back by transfer."""

    retours_en_double: float = _part(0.02)
    """Files of returns delivered a second time under another name."""
    lots_en_double: float = _part(0.02)
    """Files of lots sent a second time, byte for byte."""
    releves_chevauchants: float = _part(0.25)
    """Bank statements that begin with a day already delivered."""
    libelles_tronques: float = _part(0.1)
    """Bank lines whose reference is cut."""

    prix_distincts: int = attrs.field(default=0, validator=attrs.validators.ge(0))
    """Different prices at the counter, when not 0: one box of one of so many medicines for each dispensing. Few prices
    and many transfers (`virements_par_facture`) make many equal transfers, open at once."""
    lot_max: int = attrs.field(default=999, validator=[attrs.validators.ge(1), attrs.validators.le(999)])
    """Most factures in a lot: the closing record counts them on three digits."""
    jours_apres: int = attrs.field(default=10, validator=attrs.validators.ge(0))
    """Calendar days from the end of the last month to the cut-off."""
