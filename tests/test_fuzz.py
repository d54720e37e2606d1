"""What the fuzzer starts from, and what it once found: replayed through every reader, which raises nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, Lecture
from tiers_payant.formats import FORMATS

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "fuzz" / "seeds"
FOUND = sorted(path for path in (GOLDEN / "fuzz").iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
def test_every_reader_has_seeds(spec):
    """
    Small files of its own to start from; `python -m fuzz.seeds` makes them.
    """
    seeds = [path.read_bytes() for path in (SEEDS / spec.name).iterdir()]
    assert seeds
    assert all(spec.sniff(seed[:4096]) > 0 and len(seed) <= 4096 for seed in seeds)


@pytest.mark.parametrize("spec", FORMATS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_the_fuzzer_found_stays_mended(spec, path):
    """
    Whichever reader it once broke, none breaks on it again; nor does looking at it.
    """
    content = path.read_bytes()
    assert 0 <= spec.sniff(content[:4096]) <= 1
    lecture = spec.read(Entree(nom="x", contenu=content))
    assert isinstance(lecture, Lecture)
    if spec.elements is not None:
        assert all(
            isinstance(element.champs(), tuple) for element in spec.elements(Entree(nom="x", contenu=content), lecture)
        )


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_the_fuzzer_found_is_a_file_like_another(path):
    """
    The whole way, reading and looking, ends with the library's own words.
    """
    told = [*tp.read(path).problems, *tp.inspect(path).problems]
    assert not {"LECTEUR_EN_ECHEC", "STRUCTURE_EN_ECHEC"} & {problem.code for problem in told}


def test_requirements_of_the_fuzzer_are_pinned():
    """
    atheris by itself, what it shares with the tests by their pins.
    """
    lines = (ROOT / "requirements-fuzz.txt").read_text(encoding="utf-8").splitlines()
    plain = [line for line in lines if not line.startswith("#")]
    assert "--constraint requirements-dev.txt" == plain[0]
    pins = {line.split("==")[0] for line in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()}
    assert [] == [line for line in plain[1:] if line not in pins and not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
