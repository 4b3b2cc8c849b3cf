"""Catalogue entries: data (directories and test suites)."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_FILES: dict[str, Entry] = {
    "E0601": Entry(
        "unreadable file",
        "the file is missing, may not be opened, or is not UTF-8 text",
        "check its path and its rights, and save it as UTF-8",
    ),
    "E0602": Entry(
        "not YAML",
        "the text breaks a rule of YAML at this place: indentation, a bracket, a quote",
        "mend the layout; texts that hold `: ` or `#` belong in quotes",
        "units: [{id: hq}",
    ),
    "E0603": Entry(
        "member given twice",
        "a mapping has two members of the same name, and readers disagree on which counts",
        "keep one of the two",
        "{id: li.wei, id: zhang.min}",
    ),
    "E0604": Entry(
        "data out of bounds",
        "the file is over 16 MiB, nested more than 100 deep, or its aliases repeat too much",
        "split the file, or write the values flat",
    ),
    "E0605": Entry(
        "unsupported YAML",
        "tags, merge keys, several documents in a file, an anchor inside itself and keys that "
        "are no words are not read",
        "write plain values, one document a file",
        "limit: !!python/tuple [1, 2]",
    ),
    "E0606": Entry(
        "unknown member",
        "no member of this name is known here, so it would have no effect",
        "correct the name, or leave the member out",
        "- {position: sales_manager, untill: 2027-01-01}",
    ),
    "E0607": Entry(
        "missing member",
        "a member without which the entry means nothing is not there, or is null",
        "add it",
        "people: [{name: Li Wei}]",
    ),
    "E0608": Entry(
        "value of the wrong kind",
        "the member is text where a list is expected, a number where a date is, or the like",
        "write a value of the kind the message names; ids made of digits belong in quotes",
        "people: [{id: 1001}]",
    ),
}

_DIRECTORY: dict[str, Entry] = {
    "E0611": Entry(
        "unknown position",
        "no loaded policy declares a position of this name, or several do",
        "correct the name, or write it in full: `sales.organisation.sales_manager`",
        "positions: [{position: sales_manger}]",
    ),
    "E0612": Entry(
        "unknown unit",
        "the unit, or the parent of a unit, is not listed under `units`",
        "correct the name, or add the unit",
        "units: [{id: east, parent: headquarters}]",
    ),
    "E0613": Entry(
        "units in a circle",
        "following the parents of a unit leads back to it",
        "take one of the parents out",
        "units: [{id: a, parent: b}, {id: b, parent: a}]",
    ),
    "E0614": Entry(
        "id given twice",
        "two people, or two units, have the same id",
        "give each its own, or put the two entries together",
        "people: [{id: li.wei}, {id: li.wei}]",
    ),
    "E0615": Entry(
        "period without a day",
        "the end is not after the start; the end is the first day that no longer counts",
        "correct one of the two dates",
        "{position: sales_manager, from: 2026-03-01, until: 2026-03-01}",
    ),
    "E0616": Entry(
        "position held twice at a time",
        "two entries say that a person holds one position in one unit on the same day",
        "end the one before the other begins, or put them together",
    ),
    "E0617": Entry(
        "unknown attribute",
        "`record Person` of the policies has no field of this name",
        "correct the name, or declare the attribute in `record Person`",
        "attributes: {teritory: [east]}",
    ),
    "E0618": Entry(
        "attribute of the wrong type",
        "the value is not of the type that `record Person` declares",
        "write a value of that type",
        'attributes: {trained: "yes"}',
    ),
    "E0620": Entry(
        "unknown person",
        "nobody in the directory has this id",
        "correct the id, or add the person",
        "{from: zhang.min, to: li.wie, action: discount}",
    ),
    "E0621": Entry(
        "unknown action",
        "no loaded policy declares an action of this name, or several do",
        "correct the name, or write it in full: `sales.discount.discount`",
        "{from: zhang.min, to: li.wei, action: discuont}",
    ),
    "E0622": Entry(
        "unknown verb",
        "the verb is neither built in nor declared with `right`",
        "correct it, or declare it",
        "verbs: [aprove]",
    ),
}

_DELEGATIONS: dict[str, Entry] = {
    "E0623": Entry(
        "delegation to oneself",
        "giver and taker are one person, so nothing is delegated",
        "name another taker, or leave the entry out",
        "{from: li.wei, to: li.wei, action: discount}",
    ),
    "E0624": Entry(
        "delegation without period or reason",
        "a delegation says from when to when it holds, and why",
        "add `starts`, `ends` and `reason`",
    ),
    "E0626": Entry(
        "delegation too long",
        "the policy's `delegation of` allows fewer days (`at most 90 days`)",
        "end it sooner",
    ),
    "E0627": Entry(
        "delegation to the wrong level",
        "on its first day the taker does not hold a position that the policy lets it go to",
        "delegate to somebody the policy names, or amend the policy",
    ),
    "E0628": Entry(
        "delegation not approved",
        "the policy wants it approved, and nobody did who held that position on that day and is "
        "neither giver nor taker",
        "name who approved it in `approved_by`, and the day in `approved_on`",
    ),
    "E0629": Entry(
        "action that cannot be delegated",
        "no `delegation of` this action is written in the policies",
        "leave the entry out, or write the delegation into the policy",
    ),
    "E0630": Entry(
        "delegation given on",
        "the giver has the right only by a delegation, and the policy says `never onward`",
        "let whoever has the right himself delegate it",
    ),
    "E0631": Entry(
        "delegations in a circle",
        "on some day the delegations of an action lead from a person back to him",
        "end one of them before the other begins",
    ),
    "E0632": Entry(
        "wrong limit of a delegation",
        "the limit is not of the type that limits on the action have, is over the most the "
        "policy allows, or the action has no measure",
        "correct the limit, or leave it out: then it is the giver's own",
        'limit: "5"',
    ),
    "W0651": Entry(
        "more holders than seats",
        "on the day named more people hold the position than its `headcount`; acting holders "
        "are not counted",
        "end a holding, mark it `acting`, or raise the headcount",
    ),
    "W0652": Entry(
        "nothing to delegate",
        "on the first day of the delegation its giver has no right to the action",
        "check giver, action and date",
    ),
}

_SUITES: dict[str, Entry] = {
    "E0701": Entry(
        "policies of a suite cannot be used",
        "the policies or the directory that a suite names are missing or have errors",
        "correct the path under `policies` or `directory`, or the errors that are shown with it",
        "policies: [../polices]",
    ),
    "E0702": Entry(
        "case without expectation",
        "a case that expects nothing proves nothing",
        "say at least one thing under `expect`, such as the outcome",
        "- {name: a manager inside his limit, actor: sales_manager}",
    ),
    "E0703": Entry(
        "unknown outcome",
        "an outcome is permit, needs, escalate, deny, incomplete or undefined",
        "write one of these",
        "expect: {outcome: allow}",
    ),
    "E0704": Entry(
        "unknown rule",
        "no rule of the loaded policies has this id, so the case could never pass",
        "correct the id: every answer shows the ids of its rules",
        "expect: {rules: [discount.sales_manger.approve]}",
    ),
    "E0705": Entry(
        "two cases of one name",
        "reports name cases, so a name stands for one case",
        "rename one of them; `{rate}` in a name is filled from the facts of its row",
    ),
    "E0706": Entry(
        "unreadable expectation",
        "the value expected is not of a kind that the answer could have",
        "write it as the answer shows it: `10%`, `any`, `unset`, `none`, `under 5%`",
        "expect: {limit: ten}",
    ),
}

ENTRIES: dict[str, Entry] = {**_FILES, **_DIRECTORY, **_DELEGATIONS, **_SUITES}
