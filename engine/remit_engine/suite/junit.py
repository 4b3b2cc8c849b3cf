"""Results as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from remit_engine.suite.runner import CaseResult, SuiteResult
from remit_engine.suite.watch_runner import WatchResult

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(suites: Iterable[SuiteResult]) -> str:
    """The XML text of some results."""
    root = ElementTree.Element("testsuites")
    for suite in suites:
        root.append(_suite(suite))
    for count in ("tests", "failures"):
        root.set(count, str(sum(int(s.get(count, "0")) for s in root)))
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _suite(suite: SuiteResult) -> ElementTree.Element:
    element = ElementTree.Element(
        "testsuite",
        name=_clean(suite.suite.name),
        file=_clean(suite.suite.file),
        tests=str(len(suite.every)),
        failures=str(len(suite.failed)),
        errors="0",
        skipped="0",
        time=f"{suite.seconds:.3f}",
    )
    for result in suite.every:
        element.append(_case(result, suite.suite.name))
    return element


def _case(result: CaseResult | WatchResult, suite: str) -> ElementTree.Element:
    element = ElementTree.Element(
        "testcase",
        name=_clean(result.case.name),
        classname=_clean(suite),
        file=_clean(result.case.span.file),
        line=str(result.case.span.line),
        time=f"{result.seconds:.3f}",
    )
    if result.failures:
        message = _clean(result.failures[0])
        failure = ElementTree.SubElement(element, "failure", message=message)
        failure.text = _clean("\n".join([result.place, *result.failures]))
    return element
