"""Catalogue entries: names."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "E0201": Entry(
        "name declared twice",
        "Two declarations of one kind, two fields, members or labels have the same name.",
        "Rename one of the two or remove it.",
        "policy p { owner board }\nposition clerk\nposition clerk\n",
    ),
    "E0202": Entry(
        "unknown name",
        "The name is no fact of the action, no parameter, no definition and nothing else that can "
        "be seen from here. What another policy declares is seen only with `use`.",
        "Correct the spelling, declare it, or add `use` of the policy that declares it. A text "
        "stands in quotes.",
        "policy p { owner board }\naction order { total number  limit on totl }\n",
    ),
    "E0203": Entry(
        "unknown type",
        "The type of a field, parameter, definition or column is no word of the language, and no "
        "record or enum that can be seen from here.",
        "Correct the spelling, or declare the record or enum.",
        "policy p { owner board }\naction order { total mony }\n",
    ),
    "E0204": Entry(
        "unknown field",
        "A record, or the people of the program, have no field of this name.",
        "Correct the spelling, or add the field to the record.",
        "policy p { owner board }\nrecord Order { total: number }\n"
        "action order { order Order  limit on order.totl }\n",
    ),
    "E0205": Entry(
        "unknown member of an enum",
        "The enum that is expected here has no member of this name.",
        "Correct the spelling, or add the member to the enum.",
        "policy p { owner board }\nenum Region { north south }\nposition clerk\n"
        "action ship { region Region }\n"
        "authority ship { clerk may approve when region = nroth }\n",
    ),
    "E0206": Entry(
        "unknown position",
        "No position of this name can be seen from here.",
        "Correct the spelling, declare the position, or add `use` of the policy that declares it.",
        "policy p { owner board }\nposition clerk\naction ship { weight number }\n"
        "authority ship { clrek may approve }\n",
    ),
    "E0207": Entry(
        "unknown action",
        "No action of this name can be seen from here.",
        "Correct the spelling, declare the action, or add `use` of the policy that declares it.",
        "policy p { owner board }\nposition clerk\naction ship { weight number }\n"
        "authority shipp { clerk may approve }\n",
    ),
    "E0208": Entry(
        "unknown verb",
        "The verb is neither built in nor declared as a `right` that can be seen from here.",
        "Correct the spelling, or declare it: `right release`.",
        "policy p { owner board }\nposition clerk\naction ship { weight number }\n"
        "authority ship { clerk may aprove }\n",
    ),
    "E0209": Entry(
        "ambiguous name",
        "Two of the used policies declare this name, and a bare name cannot tell which is meant.",
        "Write the full name, such as `sales.organisation.clerk`.",
        "# file: a.remit\npolicy a { owner board }\nposition clerk\n"
        "# file: b.remit\npolicy b { owner board }\nposition clerk\n"
        "# file: c.remit\npolicy c { owner board }\nuse a, b\naction ship { weight number }\n"
        "authority ship { clerk may approve }\n",
    ),
    "E0210": Entry(
        "policy that is not used",
        "A full name speaks of a policy that is loaded, but that this policy does not `use`. "
        "What a used policy uses in turn is not seen.",
        "Add `use` of that policy after the header.",
        "# file: a.remit\npolicy a { owner board }\nposition clerk\n"
        "# file: b.remit\npolicy b { owner board }\naction ship { weight number }\n"
        "authority ship { a.clerk may approve }\n",
    ),
    "E0211": Entry(
        "definition with two meanings",
        "A definition speaks of a fact that two actions have with different types.",
        "Rename one of the fields, or keep the definition away from one of the actions by giving "
        "it a policy of its own.",
        "policy p { owner board }\naction ship { size number }\naction order { size text }\n"
        "define double: number = size * 2\n",
    ),
    "E0212": Entry(
        "missing fact",
        "An action uses a definition or table that needs a fact which the action does not have.",
        "Add the field to the action, or use another definition.",
        "policy p { owner board }\naction ship { weight number }\n"
        "action order { total number  limit on double }\ndefine double: number = weight * 2\n",
    ),
    "E0213": Entry(
        "circle of definitions",
        "A definition, parameter or table needs itself to find its own value.",
        "Break the circle.",
        "policy p { owner board }\ndefine a: number = b + 1\ndefine b: number = a + 1\n",
    ),
    "E0214": Entry(
        "circle of superiors",
        "A position reports to itself, directly or through others; dotted lines count.",
        "End the line with one position that reports to nobody.",
        "policy p { owner board }\nposition a { reports to b }\nposition b { reports to a }\n",
    ),
    "E0215": Entry(
        "circle of rights",
        "A right implies itself, directly or through others.",
        "Leave one of the implications out.",
        "policy p { owner board }\nright release implies free\nright free implies release\n",
    ),
    "E0217": Entry(
        "reserved name",
        "`actor`, `requester` and `as_of` have a meaning in every action; every person has `id`, "
        "`name`, `position` and `unit`; functions keep their names.",
        "Take another name.",
        "policy p { owner board }\naction ship { actor text }\n",
    ),
    "E0218": Entry(
        "not a function",
        "A name with inputs in parentheses is neither a function nor a table, or a table stands "
        "without its inputs.",
        "Correct the name; give a table its inputs, and nothing else.",
        "policy p { owner board }\naction ship { weight number  limit on doubel(weight) }\n",
    ),
    "E0220": Entry(
        "wrong number of inputs",
        "A table or function is given more or fewer inputs than it has columns.",
        "Give it one input for each column, in their order.",
        "policy p { owner board }\naction ship { weight number  limit on abs(weight, weight) }\n",
    ),
}
