"""The document of a reconciliation: its schema, its order, its sums, and what it says of what is absent."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import numpy as np
import pytest
from tests.formats.golden import GOLDEN
from tests.matching.test_reponses import book as orphans

import tiers_payant as tp
from tiers_payant.domain import Tables
from tiers_payant.domain._codes import Etat, EtatVirement, NatureMouvement
from tiers_payant.reports import rapprochement_chunks, rapprochement_schema

PROMISED: dict[str, set[str]] = {
    "problemes": {"code", "gravite", "fichier", "ligne", "octet", "colonne", "champ", "message"},
    "creances": {
        "officine", "lot_date", "lot", "facture", "part", "debiteur", "du_cents", "annonce_cents", "credite_cents",
        "etat", "rejets", "retours", "virements", "motif", "motif_texte",
    },
    "virements": {"id", "fichier", "date", "montant_cents", "libelle", "etat", "affecte_cents", "reste_cents"},
    "mouvements": {"nature", "montant_cents", "officine", "retour", "virement", "date"},
    "propositions": {"creances", "groupe", "virement", "cents", "rivaux"},
    "totaux": {
        "du_cents", "annonce_cents", "credite_cents", "mouvements_cents", "retenu_cents", "non_ventile_cents",
        "propose_cents", "inexplique_cents", "virements_cents",
    },
}  # fmt: skip
"""What the first version of the document was promised to hold, typed from its description."""
PROMISED["exceptions"] = {"code", "sujet", "id", "cents", "nombre", "phrase"}
PROMISED["propositions_reponses"] = {"creance", "reponse", "fichier", "cents", "motif", "nombre_rivaux"}
PROMISED["passes_fournies"] = {"passe", "libelle", "greffon", "version"}
"""Added within the first version: members may come, none goes or changes its meaning."""
BESIDES = {"propositions": {"motif"}}
"""What it holds more: why a proposal is no more than that."""


def document_of(result: tp.Rapprochement) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(rapprochement_chunks(result)))
    return found


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tp.Rapprochement:
    folder: Path = tmp_path_factory.mktemp("simulation")
    tp.simulate(folder, officines=2, factures=400, mois=2, seed=11)
    (folder / "broken.b2").write_bytes((GOLDEN / "b2" / "montant_illisible.txt").read_bytes())
    return tp.reconcile(tp.read(folder))


@pytest.fixture(scope="module")
def document(result: tp.Rapprochement) -> dict[str, Any]:
    return document_of(result)


class TestSchema:
    def test_schema_is_one(self):
        """
        It is valid against its own dialect, Draft 2020-12.
        """
        schema = rapprochement_schema()
        assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
        jsonschema.Draft202012Validator.check_schema(schema)

    def test_top_level_holds_what_was_promised(self):
        """
        Every part that was promised, the name of the schema, and the sources with their confidence.
        """
        schema = rapprochement_schema()
        assert {"schema", "sources", *PROMISED} == set(schema["required"]) == set(schema["properties"])
        assert "tiers-payant/rapprochement/1" == schema["properties"]["schema"]["const"]

    @pytest.mark.parametrize("name", PROMISED)
    def test_every_key_that_was_promised_is_required(self, name):
        """
        Exactly the keys of the description, and the few said above; no other is let in.
        """
        part = rapprochement_schema()["properties"][name]
        rows = part if name == "totaux" else part["items"]
        assert PROMISED[name] | BESIDES.get(name, set()) == set(rows["required"]) == set(rows["properties"])
        assert rows["additionalProperties"] is False

    def test_every_object_is_closed(self):
        """
        A key that the schema does not know is refused at every depth.
        """

        def opened(node: object, path: str = "") -> list[str]:
            if isinstance(node, list):
                return [found for item in node for found in opened(item, path)]
            if not isinstance(node, dict):
                return []
            here = [path] if node.get("type") == "object" and node.get("additionalProperties") is not False else []
            return here + [found for key, value in node.items() for found in opened(value, f"{path}/{key}")]

        assert [] == opened(rapprochement_schema())

    @pytest.mark.parametrize(
        ("part", "key", "words"),
        [("creances", "etat", Etat), ("virements", "etat", EtatVirement), ("mouvements", "nature", NatureMouvement)],
    )
    def test_lists_of_words_are_those_of_the_domain(self, part, key, words):
        """
        A state that is added to the domain is added to the schema.
        """
        said = rapprochement_schema()["properties"][part]["items"]["properties"][key]["enum"]
        assert {word.name.lower() for word in words} == set(said)

    @pytest.mark.parametrize(
        "change",
        [
            {"schema": "tiers-payant/rapprochement/2"},
            {"couleur": 1},
            {"totaux": {}},
            {"creances": [{}]},
            {"virements": None},
        ],
        ids=str,
    )
    def test_other_documents_are_refused(self, document, change):
        """
        The schema can say no.
        """
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**document, **change}, rapprochement_schema())


class TestDocument:
    def test_document_follows_its_schema(self, document):
        """
        Dates included; every part of a real run has rows, so that each is checked.
        """
        validator = jsonschema.Draft202012Validator(
            rapprochement_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        assert [] == [error.message for error in validator.iter_errors(document)]
        # The simulator writes every answer under the key of its facture, and brings no plugin: lost keys, and passes of
        # plugins, have tests of their own.
        assert ["passes_fournies", "propositions_reponses"] == [name for name, part in document.items() if not part]

    def test_empty_result_follows_its_schema(self):
        """
        No input makes a document too: empty lists, totals of zero.
        """
        found = document_of(tp.reconcile(tp.Book(tables=Tables())))
        jsonschema.validate(found, rapprochement_schema())
        assert {0} == set(found["totaux"].values())

    def test_same_result_gives_the_same_text(self, result):
        """
        Deterministic, in UTF-8 without escapes, ended by a line feed.
        """
        text = "".join(rapprochement_chunks(result))
        assert text == "".join(rapprochement_chunks(result))
        assert text.endswith("}\n")
        assert "\\u" not in text

    @pytest.mark.parametrize(
        ("part", "keys"), [("sources", ("fichier",)), ("propositions", ("virement", "groupe", "motif"))]
    )
    def test_rows_are_sorted_by_their_key(self, document, part, keys):
        """
        And each key is there once.
        """
        found = [tuple(row[key] for key in keys) for row in document[part]]
        assert sorted(set(found)) == found

    def test_creances_are_sorted_by_facture_then_share(self, document):
        """
        The compulsory insurer's share stands before the complementary one's; each is there once.
        """
        keys = ("officine", "lot_date", "lot", "facture")
        found = [(*(row[key] for key in keys), tp.Part[row["part"]]) for row in document["creances"]]
        assert sorted(set(found)) == found

    def test_bank_lines_are_sorted_by_account_day_and_amount(self, document):
        """
        An amount of three figures stands after one of two.
        """
        found = [line["id"].rsplit(":", 3) for line in document["virements"]]
        keys = [(account, day, int(cents), digest) for account, day, cents, digest in found]
        assert sorted(set(keys)) == keys

    @pytest.mark.parametrize("part", ["problemes", "mouvements"])
    def test_rows_without_a_key_are_sorted_by_their_text(self, document, part):
        """
        What has no key of its own has one order all the same.
        """
        texts = [json.dumps(row, ensure_ascii=False) for row in document[part]]
        assert sorted(texts) == texts

    def test_totals_are_the_sums_of_the_rows(self, document):
        """
        Whoever adds up the rows finds the totals, and the balance holds.
        """
        totals = document["totaux"]
        owed = [row for row in document["creances"] if row["part"] != "ASSURE"]
        lines = [row for row in document["virements"] if row["etat"] != "hors_perimetre"]
        assert totals["annonce_cents"] == sum(row["annonce_cents"] for row in owed)
        assert totals["credite_cents"] == sum(row["credite_cents"] for row in owed)
        assert totals["virements_cents"] == sum(row["montant_cents"] for row in lines)
        assert totals["virements_cents"] == sum(
            totals[f"{name}_cents"] for name in ("credite", "mouvements", "non_ventile", "propose", "inexplique")
        )

    def test_each_line_is_used_for_what_it_is(self, document):
        """
        What is allotted and what is left make the amount of the line.
        """
        for line in document["virements"]:
            assert line["montant_cents"] == line["affecte_cents"] + line["reste_cents"]
            assert (line["etat"] == "explique") == (line["affecte_cents"] != 0) or line["montant_cents"] == 0

    def test_what_is_cited_exists(self, document):
        """
        A file named by a créance was read; a bank line named by it is listed, once.
        """
        files = {row["fichier"] for row in document["sources"]}
        lines = Counter(row["id"] for row in document["virements"])
        assert {1} == set(lines.values())
        for row in document["creances"]:
            assert set(row["retours"]) <= files
            assert set(row["virements"]) <= lines.keys()
        assert {row["virement"] for row in document["propositions"]} <= lines.keys()
        assert {row["virement"] for row in document["mouvements"]} <= {*lines, None}
        assert {row["fichier"] for row in document["problemes"]} <= {*files, None}

    def test_problem_keeps_its_place(self, document):
        """
        Code, gravity, byte, column and field, and the French sentence.
        """
        found = [row for row in document["problemes"] if row["code"] == "CHIFFRES_ATTENDUS"]
        expected = {
            "code": "CHIFFRES_ATTENDUS", "gravite": "erreur", "fichier": "broken.b2", "ligne": None, "octet": 516,
            "colonne": 66, "champ": "total_amo_cents", "message": "8 chiffres attendus, trouvé « 99A99999 ».",
        }  # fmt: skip
        assert [expected] == found

    def test_lines_equal_but_for_their_status_keep_their_names(self):
        """
        Of two lines of one content, one booked and one pending, each has its name whatever the order of files.
        """

        def told(order: list[int]) -> str:
            lines = {
                "compte": ["A"] * 2, "date": ["2026-01-09"] * 2, "montant_cents": [450] * 2, "devise": ["EUR"] * 2,
                "libelle": ["CPAM DE VILLE-EXEMPLE"] * 2, "statut": [order[0], order[1]],
            }  # fmt: skip
            return "".join(rapprochement_chunks(tp.reconcile(tp.Book.from_columns({"virements": lines}))))

        assert told([0, 1]) == told([1, 0])
        assert "inexplique" in told([0, 1])

    def test_no_health_data(self, result, document):
        """
        No NIR of the simulated insured anywhere in the document.
        """
        nirs = {value.decode() for value in result.tables.factures.nir.tolist()}
        text = json.dumps(document)
        assert len(nirs) > 50
        assert [] == [nir for nir in nirs if nir in text]


def test_answers_that_are_only_proposed_are_named():
    """
    By créance, with the name that `explain` takes, the amount, the reason and how many compete; nobody's name.
    """
    result = tp.reconcile(orphans([{}, {}], [{}]))
    found = document_of(result)
    jsonschema.validate(found, rapprochement_schema())
    key = {"officine": "999000019", "lot_date": "2026-01-05", "lot": "001", "part": "AMO"}
    expected = [
        {
            "creance": {**key, "facture": facture},
            "reponse": "exemple0#0",
            "fichier": "colonnes",
            "cents": 1000,
            "motif": "AMBIGU",
            "nombre_rivaux": 1,
        }
        for facture in ("000000000", "000000001")
    ]
    assert expected == found["propositions_reponses"]
    assert "reponse" == result.explain("exemple0#0").sujet


def test_proposed_answers_do_not_depend_on_the_order_of_rows():
    """
    The same factures and returns in another order make the same list.
    """
    factures = [{"facture": "000000001"}, {"facture": "000000002"}]
    answers = [{"facture": "777777777"}, {"facture": "888888888"}, {"facture": "999999999"}]
    one, other = orphans(factures, answers), orphans(factures[::-1], answers)
    turned = attrs.evolve(
        other.tables,
        retours=other.tables.retours.take(np.array([2, 0, 1])),
        reponses=other.tables.reponses.with_columns(retour=[1, 2, 0]),
    )
    named = [document_of(tp.reconcile(given))["propositions_reponses"] for given in (one, tp.Book(tables=turned))]
    assert 6 == len(named[0])
    assert named[0] == named[1]
