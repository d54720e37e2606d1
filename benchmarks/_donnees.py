"""Months of invented officines as columns, made with numpy because a million factures must not take an hour.

What is kept of reality: about a hundred factures a day, 2.3 act lines each, 7 in 10 with a complementary insurer, 2.5 %
rejected, 2.8 % never answered, one transfer per insurer and day, 15 credits for 100 factures, 3 % of the transfers not
credited. What is not: everything else; `tiers_payant.simulate` is the realistic one, and is measured beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Comptes,
    Factures,
    Groupes,
    Lignes,
    Lots,
    Part,
    Rejets,
    Releves,
    Reponse,
    Reponses,
    Retours,
    Source,
    Tables,
    Virements,
)
from tiers_payant.formats.b2 import write_b2
from tiers_payant.formats.camt053 import write_camt053
from tiers_payant.formats.cfonb120 import write_cfonb120
from tiers_payant.formats.noemie import write_noemie
from tiers_payant.formats.officines import write_officines
from tiers_payant.simulation import Officine
from tiers_payant.simulation._catalogue import make_officine

__all__ = ["PAR_OFFICINE", "Mois", "make_months", "write_long_files", "write_months", "write_statements"]

PAR_OFFICINE = 10_000
_PATIENTS = 3000
_AVEC_AMC, _REJETEES, _MUETTES, _NON_CREDITES, _AUTRE_BENEFICIAIRE = 0.7, 0.025, 0.028, 0.03, 0.05
_DEBUT = np.datetime64("2025-09-01", "D")
_DELAI_RETOUR, _DELAI_BANQUE = 1, 3

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Write = Callable[[Tables, BinaryIO], None]


@attrs.frozen(kw_only=True)
class Rythme:
    """How many factures a day makes, and how many insurers answer them: it makes returns short or long."""

    par_jour: int
    caisses: int
    mutuelles: int


QUOTIDIEN = Rythme(par_jour=100, caisses=5, mutuelles=10)
GROUPE = Rythme(par_jour=900, caisses=1, mutuelles=1)


@attrs.frozen(kw_only=True, eq=False)
class Mois:
    """What one officine sent, and what came back, each as the file that tells it."""

    officine: Officine
    lots: Tables
    amo: Tables
    """Returns of the old set: 576, and 908 for what is refused."""
    amc: Tables
    """Returns of the new set: 578."""
    banque: Tables


def make_months(factures: int, rythme: Rythme = QUOTIDIEN) -> Iterator[Mois]:
    """Yield officines of 10 000 factures each; the last one has what is left."""
    for rank, first in enumerate(range(0, factures, PAR_OFFICINE)):
        yield _make(rank, min(PAR_OFFICINE, factures - first), rythme)


def write_months(folder: Path, factures: int) -> int:
    """Write *factures* as files, four for each officine and `officines.json`; return how many bytes they hold."""
    officines: list[Officine] = []
    for mois in make_months(factures):
        place = folder / f"officine-{mois.officine.numero}"
        place.mkdir(parents=True)
        officines.append(mois.officine)
        camt = mois.officine.banque == "camt053"
        with (place / "lots.b2").open("wb") as out:
            write_b2(mois.lots, out)
        with (place / "amo.noe").open("wb") as out:
            write_noemie(mois.amo, out)
        with (place / "amc.noe").open("wb") as out:
            write_noemie(mois.amc, out)
        with (place / ("banque.xml" if camt else "banque.txt")).open("wb") as out:
            (write_camt053 if camt else write_cfonb120)(mois.banque, out)
    with (folder / "officines.json").open("wb") as out:
        write_officines(_comptes(officines), out)
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def write_long_files(folder: Path, factures: int) -> dict[str, Path]:
    """Write one file per format, framing and length of the returns, sequence after sequence; return them by name."""
    plans: tuple[tuple[str, str, Rythme, Write], ...] = (
        ("b2", "lots", QUOTIDIEN, write_b2),
        ("amo-nu", "amo", QUOTIDIEN, _nu),
        ("amc-nu", "amc", QUOTIDIEN, _nu),
        ("amo-blocs", "amo", QUOTIDIEN, write_noemie),
        ("amc-blocs", "amc", QUOTIDIEN, write_noemie),
        ("amo-longs", "amo", GROUPE, _nu),
        ("amc-longs", "amc", GROUPE, _nu),
    )
    with ExitStack() as stack:
        outs = {name: stack.enter_context((folder / name).open("wb")) for name, *_ in plans}
        for rythme in (QUOTIDIEN, GROUPE):
            for mois in make_months(factures, rythme):
                for name, kind, wanted, write in plans:
                    if wanted is rythme:
                        write(getattr(mois, kind), outs[name])
    return {name: folder / name for name in outs}


def _nu(tables: Tables, out: BinaryIO) -> None:
    write_noemie(tables, out, "nu")


def write_statements(file: Path, octets: int, write: Write) -> None:
    """Write at least *octets* of one format of the bank, the statement of one officine again and again."""
    banque = next(make_months(PAR_OFFICINE)).banque
    once = BytesIO()
    write(banque, once)
    with file.open("wb") as out:
        write(Tables.concat([banque] * -(-octets // once.tell())), out)


def _comptes(officines: list[Officine]) -> Tables:
    rows = Comptes.of(
        officine=[one.numero for one in officines],
        compte=[one.rib for one in officines],
        nom=[one.nom for one in officines],
    )
    return Tables(comptes=rows)


def _make(rank: int, size: int, rythme: Rythme) -> Mois:
    rng, officine = np.random.default_rng(rank), make_officine(rank)
    factures = _factures(rng, officine, size, rythme)
    lots = _lots(officine, factures)
    factures, lines = _with_lines(rng, factures)
    answered = rng.random(size)
    rejected, paid = answered < _REJETEES, answered >= _REJETEES + _MUETTES
    amo = _amo(officine, factures, paid, rejected, rythme.caisses)
    amc = _amc(officine, factures, paid & (factures.part_amc_cents > 0))
    nom = (Source(nom="jeu"),)
    return Mois(
        officine=officine,
        lots=Tables(sources=nom, lots=lots, factures=factures, lignes=lines),
        amo=attrs.evolve(amo, sources=nom),
        amc=attrs.evolve(amc, sources=nom),
        banque=attrs.evolve(_banque(rng, officine, amo, amc), sources=nom),
    )


# --- lots


def _padded(numbers: Ints, width: int) -> npt.NDArray[np.bytes_]:
    return np.char.zfill(numbers.astype(f"S{width}"), width)


def _factures(rng: np.random.Generator, officine: Officine, size: int, rythme: Rythme) -> Factures:
    number, day = np.arange(size), np.arange(size) // rythme.par_jour
    patient = rng.integers(0, _PATIENTS, size)
    with_amc = rng.random(size) < _AVEC_AMC
    # Born in a département 99 and a commune 999: no such person.
    born, month = 30 + patient % 60, 1 + patient % 12
    nir = 10**12 * (1 + patient % 2) + 10**10 * born + 10**8 * month + 99_999 * 10**3 + patient % 1000
    other = rng.random(size) < _AUTRE_BENEFICIAIRE
    date = _DEBUT + day
    return Factures.of(
        size,
        officine=np.full(size, officine.numero.encode()),
        lot_date=date,
        lot=_padded(day % 1000, 3),
        facture=_padded(number + 1, 9),
        date_facture=date,
        date_soins=date,
        regime=np.full(size, b"01"),
        caisse=_padded(991 + patient % rythme.caisses, 3),
        centre=np.full(size, b"0000"),
        amc=np.where(with_amc, _padded(99_000_001 + patient % rythme.mutuelles, 8), b""),
        paiement=np.where(with_amc, b"15", b"05"),
        nature_assurance=np.full(size, b"10"),
        exoneration=np.full(size, b"0"),
        nir=nir.astype("S13"),
        nir_cle=_padded(97 - nir % 97, 2),
        nir_beneficiaire=np.where(other, (nir + 1).astype("S13"), b""),
        naissance=_padded(10_000 * (1 + patient % 28) + 100 * month + born, 6),
        rang=np.full(size, b"1"),
        prescripteur=np.full(size, b"991000027"),
        date_prescription=date,
        lot_rang=day,
        source=np.zeros(size, dtype=np.int32),
    )


def _lots(officine: Officine, factures: Factures) -> Lots:
    days, first = np.unique(factures.lot_rang, return_index=True)
    size, date = len(days), factures.lot_date[first]
    return Lots.of(
        size,
        officine=factures.officine[first],
        lot_date=date,
        lot=factures.lot[first],
        destinataire=np.full(size, b"991"),
        nom_officine=np.full(size, officine.nom, dtype=object),
        emetteur_type=np.full(size, b"TP"),
        emetteur=factures.officine[first],
        destinataire_type=np.full(size, b"CP"),
        destinataire_fichier=np.full(size, b"019910000"),
        date_fichier=date,
        source=np.zeros(size, dtype=np.int32),
    )


def _with_lines(rng: np.random.Generator, factures: Factures) -> tuple[Factures, Lignes]:
    """Give each facture one to four act lines, and the sums of them."""
    size = len(factures)
    owner = np.repeat(np.arange(size), rng.choice([1, 2, 3, 4], size, p=[0.3, 0.3, 0.2, 0.2]))
    spent = rng.integers(150, 4000, len(owner))
    amo = spent * 65 // 100
    amc = np.where(factures.amc[owner] != b"", spent - amo, 0)
    totals = [_sums(owner, column, size) for column in (spent, amo, amc)]
    lines = Lignes.of(
        len(owner),
        facture_rang=owner,
        date_soins=factures.date_soins[owner],
        acte=np.full(len(owner), b"PH7"),
        quantite=np.ones(len(owner), dtype=np.int16),
        coefficient=np.full(len(owner), 100, dtype=np.int32),
        prix_unitaire_cents=spent,
        base_cents=spent,
        taux=np.full(len(owner), 65, dtype=np.int16),
        montant_amo_cents=amo,
        montant_amc_cents=amc,
        depense_cents=spent,
    )
    with_sums = factures.with_columns(
        total_cents=totals[0],
        part_amo_cents=totals[1],
        part_amc_cents=totals[2],
        part_assure_cents=totals[0] - totals[1],
    )
    return with_sums, lines


def _sums(owner: Ints, cents: Ints, size: int) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, owner, cents)
    return total


# --- returns


def _amo(officine: Officine, factures: Factures, paid: Mask, rejected: Mask, caisses: int) -> Tables:
    """Return what the funds answer: a transfer per fund and day, and a return of rejects per day."""
    day, fund = factures.lot_rang.astype(np.int64), factures.caisse.astype(np.int64) - 991
    own = np.where(paid, day * caisses + fund, 10**9 + day)
    rows = np.flatnonzero(paid | rejected)
    keys, retour = np.unique(own[rows], return_inverse=True)
    refusal = keys >= 10**9
    date = _DEBUT + np.where(refusal, keys - 10**9, keys // caisses) + _DELAI_RETOUR
    cents = np.where(paid[rows], factures.part_amo_cents[rows], 0)
    sender = np.where(refusal, 19_910_000, 19_910_000 + (keys % caisses) * 10_000)
    retours = _retours(
        officine, date, _padded(sender, 9), b"CP", np.where(refusal, b"908", b"576"), _sums(retour, cents, len(keys))
    )
    groupes = _groupes(retours)
    reponses = _reponses(factures, rows, retour).with_columns(
        part=np.where(paid[rows], Part.AMO, Part.NON_PRECISEE).astype(np.int8),
        reponse=np.where(paid[rows], Reponse.PAYEE, Reponse.REJETEE).astype(np.int8),
        annonce_cents=cents,
    )
    return Tables(retours=retours, groupes=groupes, reponses=reponses, rejets=_rejets(reponses))


def _amc(officine: Officine, factures: Factures, paid: Mask) -> Tables:
    """Return what the complementary insurers answer: a transfer, with its label, per insurer and day."""
    rows = np.flatnonzero(paid)
    day, insurer = factures.lot_rang[rows].astype(np.int64), factures.amc[rows].astype(np.int64)
    keys, retour = np.unique(day * 10**8 + insurer, return_inverse=True)
    date, sender = _DEBUT + keys // 10**8 + _DELAI_RETOUR, (keys % 10**8).astype("S8")
    cents = factures.part_amc_cents[rows]
    retours = _retours(officine, date, sender, b"OC", np.full(len(keys), b"578"), _sums(retour, cents, len(keys)))
    days = np.datetime_as_string(date).tolist()
    labels = [f"TP-{text.replace('-', '')}-{one.decode()}" for text, one in zip(days, sender.tolist(), strict=True)]
    groupes = _groupes(retours).with_columns(
        libelle_1=np.array(labels, dtype=object),
        libelle_2=np.array([f"EX{officine.numero}{rank:07}-" for rank in range(len(keys))], dtype=object),
        organisme=sender,
    )
    reponses = _reponses(factures, rows, retour).with_columns(
        part=np.full(len(rows), Part.AMC, dtype=np.int8),
        reponse=np.full(len(rows), Reponse.PAYEE, dtype=np.int8),
        demande_cents=cents,
        annonce_cents=cents,
        amc=factures.amc[rows],
    )
    return Tables(retours=retours, groupes=groupes, reponses=reponses)


def _retours(officine: Officine, date: Any, sender: Any, kind: bytes, reference: Any, total: Ints) -> Retours:
    size = len(total)
    return Retours.of(
        size,
        reference=reference,
        emetteur_type=np.full(size, kind),
        emetteur=sender,
        destinataire_type=np.full(size, b"TP"),
        destinataire=np.full(size, officine.numero.encode()),
        date=date,
        fichier=_padded(np.arange(size) + 1, 6),
        total_cents=total,
        source=np.zeros(size, dtype=np.int32),
    )


def _groupes(retours: Retours) -> Groupes:
    size = len(retours)
    return Groupes.of(
        size,
        officine=retours.destinataire,
        date=retours.date,
        retour=np.arange(size, dtype=np.int32),
        source=np.zeros(size, dtype=np.int32),
    )


def _reponses(factures: Factures, rows: Ints, retour: Ints) -> Reponses:
    names = ("officine", "lot_date", "lot", "facture", "nir", "naissance")
    pointers = {"groupe": retour, "retour": retour, "source": np.zeros(len(rows), dtype=np.int32)}
    return Reponses.of(len(rows), **{name: getattr(factures, name)[rows] for name in names}, **pointers)


def _rejets(reponses: Reponses) -> Rejets:
    refused = reponses.take(reponses.reponse == Reponse.REJETEE)
    size = len(refused)
    return Rejets.of(
        size,
        **{name: getattr(refused, name) for name in ("officine", "lot_date", "lot", "facture", "retour", "source")},
        code=np.full(size, b"X001"),
        libelle=np.full(size, "EXEMPLE - DROITS NON OUVERTS", dtype=object),
    )


# --- bank


def _banque(rng: np.random.Generator, officine: Officine, amo: Tables, amc: Tables) -> Tables:
    """Return one statement: nearly every transfer announced, and a card remittance a day that is nobody's."""
    cents = np.concatenate([amo.retours.total_cents, amc.retours.total_cents])
    date = np.concatenate([amo.retours.date, amc.retours.date]) + (_DELAI_BANQUE - _DELAI_RETOUR)
    label = [f"VIR SEPA CPAM EXEMPLE {sender.decode()}" for sender in amo.retours.emetteur.tolist()] + [
        f"VIR SEPA EXEMPLE {first}{second}"
        for first, second in zip(amc.groupes.libelle_1, amc.groupes.libelle_2, strict=True)
    ]
    payer = ["CPAM EXEMPLE"] * len(amo.retours) + ["MUTUELLE EXEMPLE"] * len(amc.retours)
    credited = np.flatnonzero((cents > 0) & (rng.random(len(cents)) >= _NON_CREDITES))
    days = np.unique(date)
    whole_date = np.concatenate([date[credited], days])
    order = np.argsort(whole_date, kind="stable")
    whole = np.concatenate([cents[credited], rng.integers(20_000, 300_000, len(days))])[order]
    labels = np.array(label + [f"REMISE CB EXEMPLE {one:06}" for one in range(len(days))], dtype=object)
    payers = np.array(payer + [""] * len(days), dtype=object)
    picked = np.concatenate([credited, len(cents) + np.arange(len(days))])[order]
    size = len(whole)
    virements = Virements.of(
        size,
        compte=np.full(size, officine.rib.encode()),
        date=whole_date[order],
        date_valeur=whole_date[order],
        montant_cents=whole,
        devise=np.full(size, b"EUR"),
        emetteur=payers[picked],
        libelle=labels[picked],
        code_operation=np.full(size, b"05"),
        position=np.arange(size),
        releve=np.zeros(size, dtype=np.int32),
        source=np.zeros(size, dtype=np.int32),
    )
    releves = Releves.of(
        compte=[officine.rib],
        compte_affiche=[officine.iban if officine.banque == "camt053" else officine.rib],
        identifiant=[f"{officine.numero}-0001"],
        devise=["EUR"],
        initial_connu=[True],
        initial_cents=[0],
        final_connu=[True],
        final_cents=[int(whole.sum())],
        du=[days[0]],
        au=[days[-1]],
        source=np.zeros(1, dtype=np.int32),
    )
    return Tables(releves=releves, virements=virements)
