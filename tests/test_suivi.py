"""Files followed day by day: folders of a simulation, delivered in pieces and in any order."""

from __future__ import annotations

import json
import random

import pytest
from tests.matching.test_suivi import compared, document, told

import tiers_payant as tp
from tiers_payant.domain import Choix, groupe_ids, virement_ids


@pytest.fixture(scope="module")
def lectures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulation")
    tp.simulate(folder, officines=3, factures=300, mois=2, seed=7)
    return tp.read_lectures(folder)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_simulation_delivered_in_any_order_ends_as_one_run(lectures, seed):
    """
    Files shuffled and given by handfuls: each delta is the difference of two full runs, the end has the same bytes.
    """
    shuffled = random.Random(seed).sample(lectures, len(lectures))
    suivi, before = tp.suivre(), tp.reconcile(tp.Book.from_lectures([]))
    step = max(1, len(shuffled) // 4)
    for start in range(0, len(shuffled), step):
        suivi, delta = suivi.apply(shuffled[start : start + step])
        after = tp.reconcile(tp.Book.from_lectures(shuffled[: start + step]))
        assert compared(before, after) == told(delta)
        before = after
    assert document(tp.reconcile(tp.Book.from_lectures(lectures))) == document(suivi.result)


def test_one_day_after_the_other_touches_one_officine_at_a_time(lectures):
    """
    Once accounts are known, a file of one officine leaves the parts of the others as they are.
    """
    last = next(lecture for lecture in reversed(lectures) if len(lecture.tables.reponses))
    suivi = tp.suivre(lecture for lecture in lectures if lecture is not last)
    after, _ = suivi.apply([last])
    kept = {id(one.bilan) for one in suivi._registre.parties.values()}
    parts = list(after._registre.parties.values())
    assert 3 == len(parts)
    assert 2 == sum(id(one.bilan) in kept for one in parts)


def test_the_delta_is_a_document(lectures, tmp_path):
    """
    The JSON holds what the delta holds, and is not read again as an input.
    """
    suivi = tp.suivre(lectures[: len(lectures) // 2])
    _, delta = suivi.apply(lectures[len(lectures) // 2 :])
    tp.write_json(delta, tmp_path / "delta.json")
    found = json.loads((tmp_path / "delta.json").read_text("utf-8"))
    assert "tiers-payant/delta/1" == found["schema"]
    counts = {name: len(rows) for name, rows in found.items() if isinstance(rows, list)}
    assert counts == {
        "creances": len(delta.apres), "creances_nouvelles": len(delta.nouvelles),
        "creances_retirees": len(delta.disparues), "liens": len(delta.regles), "liens_retires": len(delta.retires),
        "propositions": len(delta.offres), "propositions_retirees": len(delta.offres_retirees),
        "virements": len(delta.virements),
    }  # fmt: skip
    assert delta.totaux_apres.credite_cents == found["totaux_apres"]["credite_cents"]
    assert 0 == len(tp.read(tmp_path).sources)


def test_decisions_outlive_a_run_through_their_file(lectures, tmp_path):
    """
    What is written on one day is read and followed on the next; no value of it is read as a file of facts.
    """
    result = tp.reconcile(tp.Book.from_lectures(lectures))
    link = result.liens_virements
    refusal = tp.Decision(
        choix=Choix.REFUSER,
        groupes=groupe_ids(result.tables)[link.groupe[0]],
        virements=virement_ids(result.tables)[link.virement[0]],
        auteur="EXEMPLE Titulaire",
        le=result.tables.virements.date[link.virement[0]].item(),
    )
    tp.write_decisions([refusal], tmp_path / "decisions.json")
    assert (refusal,) == tp.read_decisions(tmp_path / "decisions.json")
    again = tp.reconcile(tp.Book.from_lectures(lectures), decisions=tp.read_decisions(tmp_path / "decisions.json"))
    pairs = set(zip(again.liens_virements.groupe.tolist(), again.liens_virements.virement.tolist(), strict=True))
    assert (int(link.groupe[0]), int(link.virement[0])) not in pairs
    assert 0 == len(tp.read(tmp_path).sources)


def test_a_file_of_decisions_that_is_none_is_told(tmp_path):
    """
    Bytes that are no text, and a path that is not there, are the library's own errors.
    """
    (tmp_path / "decisions.json").write_bytes(b"\xff\xfe")
    with pytest.raises(tp.TiersPayantError):
        tp.read_decisions(tmp_path / "decisions.json")
    with pytest.raises(tp.TiersPayantError):
        tp.read_decisions(tmp_path / "absent.json")
