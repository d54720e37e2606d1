"""Identifiers are parsed once, and never shown when they are health data."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._identifiants import (
    CIP7,
    CIP13,
    CodeOrganisme,
    MotifNirFictif,
    NatureNir,
    Nir,
    NumeroAMC,
    NumeroPS,
    load_nir_fictifs,
)
from tiers_payant.errors import IdentifierError, LayoutError, SourceError

NIR = "1550899999001"  # département 99, commune 999: nobody's
PARSERS = (Nir.parse, NumeroPS.parse, NumeroAMC.parse, CodeOrganisme.parse, CIP13.parse, CIP7.parse)


def motif(masque: str) -> MotifNirFictif:
    return MotifNirFictif(masque=masque, libelle="exemple", reference="exemple", confiance=Confiance.BASSE)


# --- NIR


@pytest.mark.parametrize(
    ("text", "value", "verifiee"),
    [
        (NIR, NIR, None),
        (f"{NIR}47", NIR, True),
        ("1 55 08 99 999 001 47", NIR, True),
        ("1\u00a055\u202f08 99 999 001", NIR, None),
        ("253072b99900135", "253072B999001", True),
        ("253072A99900108", "253072A999001", True),
    ],
)
def test_nir_is_read_with_or_without_its_key(text: str, value: str, verifiee: bool | None) -> None:
    """
    A key that was not given is not said to be verified; Corsica's letters are put in capitals and count in the key.
    """
    nir = Nir.parse(text)
    assert (value, verifiee) == (nir.value, nir.cle_verifiee)


def test_nir_of_the_sources_agree() -> None:
    """
    The values that the reference of the key gives are accepted, and 2C is refused.
    """
    assert "93" == Nir.parse("295109912611193").cle
    assert "70" == Nir.parse("253072B07300470").cle
    assert "43" == Nir.parse("253072A07300443").cle
    with pytest.raises(IdentifierError):
        Nir.parse("253072C07300443")


@pytest.mark.parametrize(
    ("first", "nature"),
    [
        *(("1", NatureNir.DEFINITIF), ("2", NatureNir.DEFINITIF), ("3", NatureNir.ATTENTE), ("4", NatureNir.ATTENTE)),
        *(("5", NatureNir.MIGRANT_PROVISOIRE), ("6", NatureNir.MIGRANT_PROVISOIRE)),
        *(("7", NatureNir.ASSURE_PROVISOIRE), ("8", NatureNir.ASSURE_PROVISOIRE)),
    ],
)
def test_first_digit_gives_the_nature(first: str, nature: NatureNir) -> None:
    """
    Permanent, waiting and the two provisional kinds are told apart.
    """
    assert nature is Nir.parse(first + NIR[1:]).nature


@pytest.mark.parametrize("month", ["01", "12", "20", "30", "42", "50", "99"])
def test_month_of_an_incomplete_record_is_accepted(month: str) -> None:
    """
    Months above 12 exist and are no reason to refuse.
    """
    assert month == Nir.parse(f"155{month}99999001").value[3:5]


def test_month_of_a_provisional_number_is_not_judged() -> None:
    """
    What those digits hold in a provisional number is not known.
    """
    assert "00" == Nir.parse("7550099999001").value[3:5]


@pytest.mark.parametrize(
    "text",
    [
        *("", "155", NIR[:-1], f"{NIR}4", f"{NIR}470", f"{NIR}48", f"{NIR}00", "0550899999001", "9550899999001"),
        *("1550099999001", "1551399999001", "1554599999001", "1550899999O01", "15508AA999001", "155082C999001"),
        *("2A55089999900", "1.55.08.99.999.001", "\u0661550899999001", f"{NIR}\n", "9" * 5000),
    ],
)
def test_what_is_no_nir_is_refused(text: str) -> None:
    """
    Wrong length, key, first digit, month or letter: an error, which shows none of the number.
    """
    with pytest.raises(IdentifierError) as caught:
        Nir.parse(text)
    assert not any(digits in str(caught.value) for digits in ("155", "899", "001"))


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format])
def test_nir_never_shows(show: Callable[[object], str]) -> None:
    """
    Printing a NIR gives its shape.
    """
    assert "Nir(value=9999999999999)" == show(Nir.parse(NIR))


def test_direct_construction_is_checked_too() -> None:
    """
    There is no way round `parse` to a NIR that is none, and the refusal does not show it.
    """
    with pytest.raises(IdentifierError) as caught:
        Nir(value="15508999990AB")
    assert "1550" not in str(caught.value)


def test_same_person_with_and_without_key() -> None:
    """
    Equality and hash bear on the thirteen characters.
    """
    assert {Nir.parse(NIR)} == {Nir.parse(f"{NIR}47")}


@given(
    st.from_regex(r"[1-8][0-9]{2}(0[1-9]|1[0-2])([0-9]{2}|2A|2B)[0-9]{6}", fullmatch=True),
    st.integers(1, 97),
)
def test_only_the_right_key_passes(number: str, key: int) -> None:
    """
    Of all keys one is accepted: 97 - (number mod 97), 2A counting as 19 and 2B as 18.
    """
    departement = {"2A": "19", "2B": "18"}.get(number[5:7], number[5:7])
    digits = f"{number[:5]}{departement}{number[7:]}"
    right = 97 - int(digits) % 97
    assert f"{right:02d}" == Nir.parse(f"{number}{right:02d}").cle
    if key != right:
        with pytest.raises(IdentifierError):
            Nir.parse(f"{number}{key:02d}")


# --- fictive NIRs


def test_without_a_pattern_nobody_can_tell() -> None:
    """
    The library ships no pattern, and then answers neither yes nor no.
    """
    assert () == load_nir_fictifs()
    assert Nir.parse(NIR).is_fictif() is None
    assert Nir.parse(NIR).is_fictif([]) is None


@pytest.mark.parametrize(
    ("masque", "fictif"), [("?????98??????", False), ("?????99999???", True), (NIR, True), ("2????99999???", False)]
)
def test_pattern_decides(masque: str, fictif: bool) -> None:
    """
    A mask fits character by character, `?` being any.
    """
    assert fictif is Nir.parse(NIR).is_fictif([motif(masque)])


def test_patterns_of_a_file_are_added(tmp_path: Path) -> None:
    """
    Whoever holds the official list gives it in a TOML file.
    """
    path = tmp_path / "fictifs.toml"
    path.write_text(
        '[[motifs]]\nmasque = "?????99999???"\nlibelle = "exemple"\nreference = "exemple"\nconfiance = "L"\n'
    )
    assert (motif("?????99999???"),) == load_nir_fictifs(path)


@pytest.mark.parametrize("masque", ["?" * 13, "12?", "1" * 14, "155 899999001"])
def test_pattern_that_fits_all_or_nothing_is_refused(tmp_path: Path, masque: str) -> None:
    """
    A mask of thirteen `?` would silence every letter; the error names the key.
    """
    path = tmp_path / "fictifs.toml"
    path.write_text(f'[[motifs]]\nmasque = "{masque}"\nlibelle = "x"\nreference = "x"\nconfiance = "L"\n')
    with pytest.raises(LayoutError, match=r"fictifs\.toml\.motifs\[0\]"):
        load_nir_fictifs(path)


def test_absent_file_of_patterns(tmp_path: Path) -> None:
    """
    A path that does not exist is said so, without the folder.
    """
    with pytest.raises(SourceError, match=r"^absent\.toml: "):
        load_nir_fictifs(tmp_path / "absent.toml")


# --- provider number


@pytest.mark.parametrize(
    ("text", "verifiee"),
    [("999999998", True), ("999999999", False), ("029900008", True), ("02 9900009", False), ("2A9900008", None)],
)
def test_provider_key_is_told_not_required(text: str, verifiee: bool | None) -> None:
    """
    A key that disagrees is False, one that cannot be computed is None; neither is refused.
    """
    assert verifiee is NumeroPS.parse(text).cle_verifiee


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "000000000", "2C9900009", "12345678X", "\u0661" * 9])
def test_what_is_no_provider_number_is_refused(text: str) -> None:
    """
    Nine digits, or 2A/2B and seven digits, and not all zeros.
    """
    with pytest.raises(IdentifierError):
        NumeroPS.parse(text)


# --- AMC number


@pytest.mark.parametrize(
    ("text", "value"),
    [("99999997", "99999997"), ("0099999997", "99999997"), ("0199999997", "0199999997"), ("00000123", "00000123")],
)
def test_amc_number_has_one_writing(text: str, value: str) -> None:
    """
    Ten digits that begin with two zeros are the eight others; leading zeros of the eight are kept.
    """
    assert value == str(NumeroAMC.parse(text))


@pytest.mark.parametrize("text", ["", "9999997", "999999997", "99999999997", "00000000", "0000000000", "9999999A"])
def test_what_is_no_amc_number_is_refused(text: str) -> None:
    """
    Neither 8 nor 10 digits, or all zeros, which is an empty field.
    """
    with pytest.raises(IdentifierError):
        NumeroAMC.parse(text)


def test_direct_construction_of_an_amc_number_is_canonical() -> None:
    """
    Two equal insurers never have two values.
    """
    with pytest.raises(IdentifierError):
        NumeroAMC(value="0099999997")


# --- insurers' codes, medicines


def test_organisme_is_cut_in_three() -> None:
    """
    Régime 2, caisse 3, centre 4, and back.
    """
    code = CodeOrganisme.parse("019990001")
    assert ("01", "999", "0001") == (code.regime, code.caisse, code.centre)
    assert "019990001" == str(code)


@pytest.mark.parametrize("text", ["", "01999000", "0199900011", "01C999001", "01999000\u0661"])
def test_what_is_no_organisme_is_refused(text: str) -> None:
    """
    Nine digits, no less, no more.
    """
    with pytest.raises(IdentifierError):
        CodeOrganisme.parse(text)


@pytest.mark.parametrize("text", ["", "3400999999990", "340099999999", "4006381333931", "340099999999A"])
def test_what_is_no_cip13_is_refused(text: str) -> None:
    """
    A wrong key, another prefix (a good EAN-13 that is no medicine), another length.
    """
    with pytest.raises(IdentifierError):
        CIP13.parse(text)


def test_medicines_never_show() -> None:
    """
    What a person takes says what the person has.
    """
    assert "CIP13(value=9999999999999)" == repr(CIP13.parse("3400999999991"))
    assert "CIP7(value=9999999)" == repr(CIP7.parse("9876543"))


@pytest.mark.parametrize("text", ["", "123456", "12345678", "0000000", "12345A7"])
def test_what_is_no_cip7_is_refused(text: str) -> None:
    """
    Seven digits; all zeros is an empty field.
    """
    with pytest.raises(IdentifierError):
        CIP7.parse(text)


# --- all of them


@given(st.text(max_size=40) | st.text(alphabet="0123456789ABab ", max_size=16), st.sampled_from(PARSERS))
def test_junk_gives_only_identifier_errors(text: str, parse: Callable[[str], object]) -> None:
    """
    Whatever the text, it is read or refused; spaces around change nothing.
    """
    with contextlib.suppress(IdentifierError):
        found = parse(text)
        assert found == parse(text.strip(" "))


@pytest.mark.parametrize(
    "value",
    [
        *(Nir.parse(f"{NIR}47"), NumeroPS.parse("999999998"), NumeroAMC.parse("99999997")),
        *(CodeOrganisme.parse("019990001"), CIP13.parse("3400999999991"), CIP7.parse("9876543")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_identifiers_cross_processes(value: object) -> None:
    """
    They pickle, as work sent to a pool must.
    """
    assert value == pickle.loads(pickle.dumps(value))
