"""Catalogue entries: files and policy headers."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    "E0101": Entry(
        "missing file",
        "A path on the command line names neither a file nor a folder.",
        "Check the spelling of the path and the folder you are in.",
    ),
    "E0102": Entry(
        "unreadable file",
        "The file exists, but the system does not let it be read.",
        "Check the rights of the file.",
    ),
    "E0103": Entry(
        "folder without policies",
        "No file below the folder ends in `.remit`.",
        "Name another folder, or give the files that ending.",
    ),
    "E0104": Entry(
        "missing policy header",
        "Every file is one policy and says so with `policy a.name { … }`; this one does not.",
        "Write the header as the first thing of the file.",
        "position clerk\n",
    ),
    "E0105": Entry(
        "nothing to check",
        "No path was given.",
        "Name the files or folders that hold the policies.",
    ),
    "E0106": Entry(
        "unknown policy",
        "`use` names a policy that none of the loaded files declares.",
        "Correct the name, or load the file that declares it as well.",
        "policy p { owner board }\nuse sales.organisation\nposition clerk\n",
    ),
    "E0107": Entry(
        "policy declared twice",
        "Two files have the same policy name in their header.",
        "Give each file a name of its own; one policy is one file.",
        "# file: a.remit\npolicy p { owner board }\nposition clerk\n"
        "# file: b.remit\npolicy p { owner board }\nposition cashier\n",
    ),
    "E0108": Entry(
        "reversed period of a policy",
        "The policy ends before it begins, or on the same day. It begins when it is effective, "
        "approved and published.",
        "Correct the dates. `until` is the first day on which the policy holds no more.",
        "policy p { effective from 2027-01-01 until 2026-01-01 owner board }\nposition clerk\n",
    ),
    "E0109": Entry(
        "empty file",
        "The file holds no policy at all, or comments only.",
        "Write a policy in it, or remove it.",
        "# nothing yet\n",
    ),
    "E0110": Entry(
        "policy without declarations",
        "The policy has a header and nothing after it.",
        "Declare something, or remove the file.",
        "policy p { owner board }\n",
    ),
}
