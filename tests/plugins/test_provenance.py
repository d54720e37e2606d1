"""Who made what: the plugin that read a file, and those that made a letter, each with its version."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import attrs
import jsonschema
import numpy as np
import pytest
from tests.dunning.courriers_exemples import patient
from tests.dunning.test_commit import four_claims, letters, plan_of
from tests.matching.test_passes import book

from tiers_payant.domain import (
    FormatSpec,
    Lecture,
    ModeleSpec,
    PassSpec,
    RendererSpec,
    Source,
    Support,
    Tables,
    hookimpl,
)
from tiers_payant.dunning import fournitures_from_json
from tiers_payant.dunning.lettres import render_lettre
from tiers_payant.errors import RelanceError
from tiers_payant.pipeline import read, read_parts, reconcile, write_json
from tiers_payant.pipeline._journal_relances import commit_relances, read_echanges
from tiers_payant.plugins import build_manager, modeles_of, rendus_of
from tiers_payant.plugins._greffons import library_version
from tiers_payant.reports import rapprochement_schema

OFFICINES = b'{"schema": "tiers-payant/officines/1", "officines": []}'
JOURNAL = "relances-2026-03-02.json"


def lgo(**hooks) -> SimpleNamespace:
    """A plugin called lgo, version 1.2, whose hooks give these."""
    answers = {f"tiers_payant_{hook}": given for hook, given in hooks.items()}
    marked: dict[str, Any] = {
        hook: hookimpl(lambda given=given: given, specname=hook) for hook, given in answers.items()
    }
    return SimpleNamespace(__name__="lgo", __version__="1.2", **marked)


def read_mine(entree):
    return Lecture(Tables(sources=[Source(nom=entree.nom, format="mien", lecteur="quelqu'un d'autre")]))


MIEN = FormatSpec(
    name="mien", label="", sniff=lambda head: float(head == b"x"), read=read_mine,
    read_parts=lambda entree, octets: iter([read_mine(entree)] * 2),
)  # fmt: skip


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "pharmacie"
    folder.mkdir()
    for name, content in (("a.txt", b"x"), ("b.json", OFFICINES), ("c.bin", b"?")):
        (folder / name).write_bytes(content)
    return folder


class TestSources:
    def test_source_says_who_read_it(self, files):
        """
        The plugin and its version, ours as a vendor's, whatever the reader says of itself; nobody for what nobody read.
        """
        book = read(files, manager=build_manager(lgo(formats=[MIEN])))
        expected = [("a.txt", "lgo", "1.2"), ("b.json", "tiers-payant", library_version()), ("c.bin", "", "")]
        assert expected == [(source.nom, source.lecteur, source.lecteur_version) for source in book.sources]

    def test_parts_say_it_too(self, files):
        """
        A file that is read part by part has one reader.
        """
        parts = read_parts(files / "a.txt", manager=build_manager(lgo(formats=[MIEN])), octets=1)
        assert {("lgo", "1.2")} == {
            (source.lecteur, source.lecteur_version) for part in parts for source in part.tables.sources
        }

    def test_json_says_it(self, files, tmp_path):
        """
        Null where nobody read.
        """
        book = read(files, manager=build_manager(lgo(formats=[MIEN])))
        write_json(reconcile(book), tmp_path / "r.json")
        document = json.loads((tmp_path / "r.json").read_text("utf-8"))
        jsonschema.validate(document, rapprochement_schema())
        assert [("lgo", "1.2"), ("tiers-payant", library_version() or None), (None, None)] == [
            (source["lecteur"], source["lecteur_version"]) for source in document["sources"]
        ]


class TestLetters:
    def test_letter_says_who_made_each_of_its_files(self):
        """
        The template of one plugin, the page of another, and the rest by the library.
        """
        page = RendererSpec(
            name="mien", support=Support.PDF, label="", suffix=".mien", render=lambda courrier, modele: b"x"
        )
        words = ModeleSpec(name="patient_rappel", objet="Objet", corps="Bonjour", provider="groupement")
        manager = build_manager(lgo(rendus=[page], modeles=[words]))
        courrier = patient("patient_rappel")
        lettre = render_lettre(courrier, modeles=modeles_of(manager), rendus=rendus_of(manager), pdf=True)
        assert {f"{courrier.relance}.mien": ("lgo", "1.2")} == lettre.rendus
        assert ("patient_rappel", "groupement", "1.2") == (lettre.modele, lettre.modele_provider, lettre.modele_version)
        ours = render_lettre(
            courrier, modeles=modeles_of(build_manager()), rendus=rendus_of(build_manager()), pdf=False
        )
        assert {("tiers-payant", library_version())} == {
            *ours.rendus.values(),
            (ours.modele_provider, ours.modele_version),
        }
        assert set(ours.fichiers) == set(ours.rendus)

    def test_run_file_keeps_it(self, tmp_path):
        """
        For each contact, sorted by its id; contacts of later the same day are added.
        """

        def made(plan):
            for letter in letters(plan):
                rendus = dict.fromkeys(letter.fichiers, ("lgo\n", "1.2"))
                yield attrs.evolve(letter, rendus=rendus, modele="m", modele_provider="groupement", modele_version="3")

        result = four_claims()
        commit_relances(plan_of(names=("b",), redaction=made), result, tmp_path)
        commit_relances(plan_of(names=("a", "b")), result, tmp_path)
        text = (tmp_path / JOURNAL).read_text("utf-8")
        kept = fournitures_from_json(text, JOURNAL)
        assert ["r-a-0302", "r-b-0302"] == list(kept)
        assert {
            "relance": "r-b-0302", "modele": "m", "modele_greffon": "groupement", "modele_version": "3",
            "fichiers": [{"nom": "r-b-0302.txt", "greffon": "lgo\\n", "version": "1.2"}],
        } == kept["r-b-0302"]  # fmt: skip
        assert {"r-a-0302", "r-b-0302"} == {name.decode() for name in read_echanges(tmp_path).relance.tolist()}

    @pytest.mark.parametrize("told", [{}, 3, [3], [{}], [{"relance": "r"}]])
    def test_run_file_at_fault_is_refused_whole(self, tmp_path, told):
        """
        Of before this was kept, it is read; of anything else, nothing is.
        """
        commit_relances(plan_of(names=("a",)), four_claims(), tmp_path)
        path = tmp_path / JOURNAL
        document = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**document, "lettres": told}), "utf-8")
        with pytest.raises(RelanceError, match=rf"{JOURNAL}: (lettres: expected an array|letter 1: expected relance)"):
            read_echanges(tmp_path)
        del document["lettres"]
        path.write_text(json.dumps(document), "utf-8")
        assert 2 == len(read_echanges(tmp_path))

    def test_letter_told_twice_is_refused(self, tmp_path):
        """
        One contact has one letter.
        """
        commit_relances(plan_of(names=("a",)), four_claims(), tmp_path)
        document = json.loads((tmp_path / JOURNAL).read_text("utf-8"))
        document["lettres"] *= 2
        with pytest.raises(RelanceError, match=r"letter 2: expected .* once for each contact"):
            fournitures_from_json(json.dumps(document), JOURNAL)


class TestPasses:
    def test_pass_of_a_plugin_is_told(self, tmp_path):
        """
        By the explanation of what it settled, and by the JSON; the library's own are nobody else's.
        """
        spec = PassSpec(
            name="essai", label="le relevé dit oui", keeps=lambda paires: np.ones(len(paires), dtype=np.bool_)
        )
        given_book = book(groups=[{}], lines=[{"label": "VIR INCONNU"}])
        result = reconcile(given_book, manager=build_manager(lgo(passes=[spec])))
        assert {"essai": ("lgo", "1.2")} == dict(result.passes_fournies)
        assert "Reconnu : le relevé dit oui (passe de lgo 1.2)." in str(result.explain(next(iter(result.virements))))
        write_json(result, tmp_path / "r.json")
        document = json.loads((tmp_path / "r.json").read_text("utf-8"))
        jsonschema.validate(document, rapprochement_schema())
        expected = {"passe": "essai", "libelle": "le relevé dit oui", "greffon": "lgo", "version": "1.2"}
        assert [expected] == document["passes_fournies"]
        assert {} == reconcile(given_book).passes_fournies

    def test_parts_put_together_tell_it_too(self):
        """
        Matched apart, in threads, it is the same result.
        """
        spec = PassSpec(
            name="essai", label="le relevé dit oui", keeps=lambda paires: np.ones(len(paires), dtype=np.bool_)
        )
        manager = build_manager(lgo(passes=[spec]))
        with ThreadPoolExecutor(2) as executor:
            result = reconcile(book(groups=[{}], lines=[{}]), manager=manager, executor=executor)
        assert {"essai": ("lgo", "1.2")} == dict(result.passes_fournies)
