"""Faults of tables: each that the library can tell has its words in French."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import tiers_payant as tp
from tiers_payant.cli._fautes import fault_in_french
from tiers_payant.domain import load_fiches, load_payeurs
from tiers_payant.errors import TiersPayantError
from tiers_payant.rejets import load_codes

ENGLISH = re.compile(
    r"\b(the|expected|got|missing|must|be|valid|invalid|is|not|and|or|of|in|to|column|empty|too|longer|than|bytes|who"
    r"|save|it|as|comes|before|never|again|more|key|found|table of|did|you|mean|one|line|date a|names|cannot)\b"
)
PAYER = "[[payeur]]\nid = 'e'\nnom = 'E'\ntextes = ['EXEMPLE']\nemetteurs = ['OC']\n"


def codes(*rows: str, head: str = "portee;code;famille;du;au;confiance;libelle") -> str:
    return "\n".join([head, *rows, ""])


def decided(text: str) -> str:
    return f'{{"schema": "tiers-payant/decisions/1", "decisions": [{text}]}}'


DECISION = '{"choix": "lier", "groupes": ["g"], "virements": ["v"], "auteur": "EXEMPLE", "le": "2026-01-05"}'


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (load_codes, ""),
        (load_codes, codes().encode("utf-16")),
        (load_codes, b"portee;code;famille\nAMC;\x81;INDU\n"),
        (load_codes, b" " * ((8 << 20) + 1)),
        (load_codes, codes("\0")),
        (load_codes, codes("x;y")),
        (load_codes, codes('"x')),
        (load_codes, codes(*["A0;é;COULEUR;hier;1/2/26;X;"] * 60)),
        (load_codes, codes("AMC;1;;;;;", "AMC;2;INCONNU;;;;", "AMC;3;INDUU;;;;", "AMC;4;DROIT;;;;")),
        (load_codes, codes("AMC;1;INDU;2026-02-01;2026-01-01;;", "AMO;2900005;INDU;;;;")),
        (load_codes, codes("AMC;1;INDU;;;;", "AMC;1;INDU;;;;")),
        (load_codes, codes(head="portee;portee;couleur;codes")),
        (tp.read_operateurs, "officine;lot_date;lot;facture;operateur\n1;05/01/2026;1;1;\n;;;;\n"),
        (tp.read_operateurs, "officine;lot_date;lot;facture;operateur\n1;05/01/2026;1;1;A\n1;05/01/2026;1;1;B\n"),
        (tp.read_accreditations, "officine;lot_date\n"),
        (load_fiches, "x = "),
        (load_fiches, "x\n"),
        (load_fiches, b"x = '\xe9'"),
        (load_fiches, "x = " + "[" * 20_000),
        (load_fiches, "INDU = 1\nCOULEUR = 2\n"),
        (load_fiches, "[INDU]\nespoir = 101\n[ECART]\nminutes = -3\n[FORCLUSION]\nminutes = 1000000\n"),
        (load_fiches, "[INDU]\ncouleur = 1\nacteur = 'moi'\nminutes = 'x'\npatient = 1\nlibelle = 2026-01-05\n"),
        (load_fiches, "[DOUBLON]\nrenvoi = 'oui'\n"),
        (load_payeurs, "couleur = 1\n"),
        (load_payeurs, PAYER.replace("'EXEMPLE'", "'é'")),
        (load_payeurs, PAYER.replace("id = 'e'\n", "")),
        (load_payeurs, PAYER.replace("'e'", "''")),
        (load_payeurs, PAYER + "confiance = 'Z'\n"),
        (load_payeurs, PAYER + "du = 2026-01-02\nau = 2026-01-01\n"),
        (load_payeurs, PAYER + PAYER.replace("'e'", "'f'")),
        (tp.read_decisions, b"\xe9"),
        (tp.read_decisions, "x"),
        (tp.read_decisions, "{}"),
        (tp.read_decisions, decided("{}")),
        (tp.read_decisions, decided(DECISION.replace("2026-01-05", "hier"))),
        (tp.read_decisions, decided(DECISION.replace("lier", "peindre"))),
        (tp.read_decisions, decided(DECISION.replace('["g"]', "[]"))),
        (tp.read_decisions, decided(DECISION.replace('"EXEMPLE"', "1"))),
        (tp.read_decisions, decided(DECISION.replace('"EXEMPLE"', '" "'))),
        (tp.read_decisions, decided(DECISION.replace('["g"]', '["g", "h"]').replace('["v"]', '["v", "w"]'))),
        (tp.read_decisions, decided(DECISION.replace("lier", "refuser").replace('["v"]', '["v", "w"]'))),
    ],
)
def test_each_fault_is_told_in_french(tmp_path: Path, read: Callable[[Path], object], content: str | bytes) -> None:
    """
    Its place is kept, and no word of English is left.
    """
    path = tmp_path / "x.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TiersPayantError) as told:
        read(path)
    for fault in str(told.value).split("\n"):
        french = fault_in_french(re.sub(r"^decision \d+: ", "", fault))
        place = re.search(r"x\.txt(?::\d+)*", fault)
        assert place is None or french.startswith(place[0])
        assert None is ENGLISH.search(french), (fault, french)


def test_unknown_words_are_left_as_they_are() -> None:
    """
    What a plugin says, perhaps: better in English than not at all.
    """
    assert "x.toml:3: the sky is falling" == fault_in_french("x.toml:3: the sky is falling")
