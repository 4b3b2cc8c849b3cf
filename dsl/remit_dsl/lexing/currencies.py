"""The closed list of currency codes (ISO 4217) that the language knows."""

from __future__ import annotations

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
