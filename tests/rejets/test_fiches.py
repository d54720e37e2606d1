"""Your own figures for families: merged key by key, refused whole when one is wrong."""

from __future__ import annotations

import pytest

from tiers_payant.domain import Famille, fiches, load_fiches
from tiers_payant.errors import LayoutError, SourceError


def test_keys_given_replace_ours_and_the_others_stay(tmp_path):
    """
    Minutes of one family, words of another; nothing else moves.
    """
    path = tmp_path / "x.toml"
    path.write_text('[AMC_CONTRAT]\nminutes = 7\n\n[INDU]\nacteur = "comptoir"\n', encoding="utf-8")
    found, ours = load_fiches(path), fiches()
    assert (7, ours[Famille.AMC_CONTRAT].espoir) == (
        found[Famille.AMC_CONTRAT].minutes,
        found[Famille.AMC_CONTRAT].espoir,
    )
    assert ("comptoir", ours[Famille.INDU].action) == (found[Famille.INDU].acteur.value, found[Famille.INDU].action)
    assert [] == [one for one in Famille if one not in (Famille.AMC_CONTRAT, Famille.INDU) and found[one] != ours[one]]
    assert fiches() is load_fiches()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[COULEUR]\nminutes = 1\n", "unknown family, expected one of INCONNU, .* @ x.toml: COULEUR"),
        ("INDU = 3\n", "expected a table @ x.toml: INDU"),
        ("[INDU]\nespoir = 101\n", "espoir: expected a percentage, 0 to 100 @ x.toml: INDU"),
        ("[INDU]\nminutes = -1\n", "x.toml: INDU"),
        (f"[INDU]\nminutes = {10**30}\n", "x.toml: INDU"),
        ("[INDU]\nminutes = 1.5\n", "expected int, got float @ x.toml: INDU.minutes"),
        ("[INDU]\nminute = 1\n", "minute.* @ x.toml: INDU"),
        ('[DOUBLON]\nrenvoi = "oui"\n', "never sent again @ x.toml: DOUBLON.renvoi"),
        ('[TRAITEMENT_CAISSE]\nrenvoi = "a_voir"\n', "never sent again @ x.toml: TRAITEMENT_CAISSE.renvoi"),
        ('[INDU]\nrenvoi = "peut-être"\n', "x.toml: INDU.renvoi"),
        ("[INDU\n", "x.toml: "),
    ],
)
def test_fault_is_told_with_its_family_and_key(tmp_path, text, told):
    """
    The library's figures stay in force: nothing is returned.
    """
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError, match=told):
        load_fiches(tmp_path / "x.toml")


def test_every_fault_is_told_at_once(tmp_path):
    """
    One line each.
    """
    (tmp_path / "x.toml").write_text("[COULEUR]\nminutes = 1\n[INDU]\nespoir = 101\n", encoding="utf-8")
    with pytest.raises(LayoutError) as error:
        load_fiches(tmp_path / "x.toml")
    assert 2 == len(str(error.value).splitlines())


def test_missing_file_is_told(tmp_path):
    """
    By its name.
    """
    with pytest.raises(SourceError, match=r"absent\.toml"):
        load_fiches(tmp_path / "absent.toml")
