"""Letterheads read from a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.dunning.courriers_exemples import cross, png

from tiers_payant.domain import Entete, read_entete
from tiers_payant.errors import LayoutError, SourceError

FICHIER = """
officine = "999000019"
nom = "Pharmacie de l’Exemple"
adresse = { lignes = ["12 place de l’Exemple"], code_postal = "99990", ville = "Exempleville" }
telephone = "09 99 99 99 99"
mentions = ["SELARL au capital de 1 000 €"]
iban = "FR35 9999 9000 0100 0000 0000 A15"
logo = "logo.png"
"""


def written(folder: Path, text: str = FICHIER, logo: bytes | None = None) -> Path:
    (folder / "logo.png").write_bytes(png(60, 60, cross) if logo is None else logo)
    path = folder / "entete.toml"
    path.write_text(text, "utf-8")
    return path


def test_letterhead_is_read_with_its_logo(tmp_path):
    """
    Fields as they stand, images as bytes, and nothing of either in `repr` that should not be.
    """
    entete = read_entete(written(tmp_path))
    assert ("999000019", "Pharmacie de l’Exemple", "Exempleville") == (
        entete.officine,
        entete.nom,
        entete.adresse.ville,
    )
    assert (png(60, 60, cross), b"", ("SELARL au capital de 1 000 €",)) == (
        entete.logo,
        entete.signature,
        entete.mentions,
    )
    assert "PNG" not in repr(entete)
    assert "FR35" not in repr(entete)


def test_jpeg_is_an_image_too(tmp_path):
    """
    Two kinds of images are known by how they begin, not by their name.
    """
    assert b"\xff\xd8\xff\xe0" == read_entete(written(tmp_path, logo=b"\xff\xd8\xff\xe0")).logo


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("telephone", "fax"), r"fax"),
        (('nom = "Pharmacie de l’Exemple"', "nom = 12"), r"entete\.toml\.nom"),
        (('nom = "Pharmacie de l’Exemple"', 'nom = " "'), r"expected a text @ entete\.toml\.nom"),
        (('officine = "999000019"\n', ""), r"entete\.toml\.officine"),
        (('code_postal = "99990", ', ""), r"entete\.toml\.adresse"),
        (("FR35 9999", "0 9999"), r"expected an IBAN whose key is right @ entete\.toml\.iban"),
        (('"logo.png"', '"../logo.png"'), r"beside it @ entete\.toml\.logo"),
        (('"logo.png"', '"/etc/logo.png"'), r"beside it @ entete\.toml\.logo"),
        (('"logo.png"', '"x\\\\logo.png"'), r"beside it @ entete\.toml\.logo"),
        (('"logo.png"', '".."'), r"beside it @ entete\.toml\.logo|not a file"),
        (('"logo.png"', '"entete.toml"'), r"PNG or a JPEG @ entete\.toml\.logo"),
        (("mentions = [", "mentions = [["), r"entete\.toml"),
    ],
)
def test_letterhead_at_fault_says_where(tmp_path, change, words):
    """
    The file, the field, and what was expected.
    """
    with pytest.raises((LayoutError, SourceError), match=words):
        read_entete(written(tmp_path, FICHIER.replace(*change)))


def test_image_too_heavy_is_refused(tmp_path):
    """
    Each letter carries it.
    """
    with pytest.raises(LayoutError, match=r"logo\.png: longer than 524288 bytes"):
        read_entete(written(tmp_path, logo=b"\x89PNG\r\n\x1a\n" + b"\0" * (512 << 10)))


@pytest.mark.parametrize("missing", ["logo.png", "entete.toml"])
def test_missing_file_says_so(tmp_path, missing):
    """
    What is not there is told by its name.
    """
    path = written(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(SourceError, match=missing.replace(".", r"\.")):
        read_entete(path)


def test_each_field_of_a_letterhead_is_one_of_its_file(tmp_path):
    """
    A field that `Entete` gains is read without anybody listing it again.
    """
    texts = {
        "officine": "999000019",
        "iban": "FR3599999000010000000000A15",
        "logo": "logo.png",
        "signature": "logo.png",
    }
    lines = list[str]()
    expected = dict[str, Any]()
    for field in attrs.fields(Entete):
        if field.name == "adresse":
            lines.append('adresse = { code_postal = "99990", ville = "Exempleville" }')
        elif field.default == ():
            lines.append(f'{field.name} = ["{field.name}"]')
            expected[field.name] = (field.name,)
        else:
            expected[field.name] = texts.get(field.name, f"dit {field.name}")
            lines.append(f'{field.name} = "{expected[field.name]}"')
    path = written(tmp_path, "\n".join(lines))
    image = (tmp_path / "logo.png").read_bytes()
    entete = read_entete(path)
    assert "Exempleville" == entete.adresse.ville
    assert {**expected, "logo": image, "signature": image} == {name: getattr(entete, name) for name in expected}
