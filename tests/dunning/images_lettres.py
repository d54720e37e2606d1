"""The pictures of `docs/how-to/letters.md`, made from the letters: `python -m tests.dunning.images_lettres`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.dunning.courriers_exemples import insurer, patient, png, professional

from tiers_payant.domain import Canal, Courrier
from tiers_payant.dunning.lettres import load_modeles
from tiers_payant.dunning.lettres._pdf import render_pdf

__all__ = ["FOLDER", "LETTERS", "pictures"]

FOLDER = Path(__file__).parents[2] / "docs" / "how-to" / "images"
LETTERS: dict[str, Courrier] = {
    "lettre-patient-rappel": patient(),
    "lettre-patient-mise-en-demeure": patient("patient_mise_en_demeure", Canal.RECOMMANDE),
    "lettre-organisme": insurer(40),
    "lettre-professionnel": professional(),
}
_SCALE = 1.3
"""Pixels a point: what a page of documentation shows without being enlarged."""


def pictures(courrier: Courrier) -> list[bytes]:
    """Each page of a letter, as a grey PNG."""
    import pypdfium2

    found = []
    for page in pypdfium2.PdfDocument(render_pdf(courrier, load_modeles()[courrier.modele])):
        grey = page.render(scale=_SCALE, grayscale=True).to_numpy()
        rows = grey.reshape(grey.shape[0], grey.shape[1]).tolist()
        found.append(png(len(rows[0]), len(rows), lambda x, y, rows=rows: rows[y][x] & 0xF8 | rows[y][x] >> 5))
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, courrier in LETTERS.items():
        for rank, data in enumerate(pictures(courrier), 1):
            path = FOLDER / f"{name}-{rank}.png"
            path.write_bytes(data)
            sys.stdout.write(f"{path} {len(data)}\n")
