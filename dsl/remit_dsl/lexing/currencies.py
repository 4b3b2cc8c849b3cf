"""The closed list of currency codes (ISO 4217) that the language knows."""

from __future__ import annotations

import re
from fractions import Fraction

from remit_dsl.lexing.wordlists import words

CODES: frozenset[str] = words(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
    ZWG
    """
)

WITHOUT_CENTS: frozenset[str] = words(
    """
    AFN ALL BIF CLP DJF GNF IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PYG RSD RWF SOS SYP UGX VND
    VUV XAF XOF XPF YER
    """
)
IN_THOUSANDTHS: frozenset[str] = words("BHD JOD KWD LYD OMR TND")


def smallest(code: str | None) -> Fraction:
    """The smallest amount that is paid in a currency: a cent, 1 of those without cents."""
    if code in WITHOUT_CENTS:
        return Fraction(1)
    return Fraction(1, 1000 if code in IN_THOUSANDTHS else 100)


_THOUSANDS = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>[1-9][0-9]{0,2})\.(?P<rest>[0-9]{3})\s*(?:[A-Z]{3})?", re.ASCII
)


def thousands(written: str, code: str | None) -> tuple[str, str] | None:
    """What an amount such as `300.000` may mean, `300` and `300000`, each written without doubt.

    None where nothing is in doubt: in a currency of three places it is three hundred.
    """
    found = _THOUSANDS.fullmatch(written)
    if found is None or code in IN_THOUSANDTHS:
        return None
    sign, whole, rest = found["sign"], found["whole"], found["rest"]
    small = whole if rest == "000" else f"{whole}.{rest}0"
    return f"{sign}{small}", f"{sign}{whole}{rest}"


# What people write for a currency, and the code they mean.
NICKNAMES: dict[str, str] = {
    "RMB": "CNY",
    "CNH": "CNY",
    "YUAN": "CNY",
    "元": "CNY",
    "人民币": "CNY",
    "STG": "GBP",
    "UKP": "GBP",
    "NTD": "TWD",
    "YEN": "JPY",
    "SFR": "CHF",
    "欧元": "EUR",
    "美元": "USD",
    "港币": "HKD",
    "日元": "JPY",
}


def is_currency(word: str) -> bool:
    """True for an ISO 4217 code of a currency in use, such as `CNY`."""
    return word in CODES
