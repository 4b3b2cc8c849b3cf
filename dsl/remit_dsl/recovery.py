"""Stub."""
from remit_dsl.tokens import Reading
from remit_dsl.syntax import File
def parse(reading: Reading) -> File:
    s=reading.source
    reading.fault("E0030", s.span(0,0), "the text is not understood")
    return File(s.span(0,0),None,(),())
