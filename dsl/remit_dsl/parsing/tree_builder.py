"""From productions to the syntax tree: one method a rule of the grammar, no state of its own."""

from __future__ import annotations

from remit_dsl.parsing.build_authority import AuthorityBuilder
from remit_dsl.parsing.build_declarations import DeclarationBuilder
from remit_dsl.parsing.build_expressions import ExpressionBuilder
from remit_dsl.parsing.build_pay import PayBuilder
from remit_dsl.parsing.build_watch import WatchBuilder


class TreeBuilder(
    DeclarationBuilder, AuthorityBuilder, PayBuilder, WatchBuilder, ExpressionBuilder
):
    """Lark calls the method of a rule's name with the list of its parts.

    Every token is a part, so the places of a node come from its first and last part, and what one
    reading collects is reached through `token.reading`: parsing may go on in several threads.
    """
