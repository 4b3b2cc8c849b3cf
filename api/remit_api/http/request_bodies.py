"""What each route takes, as types: the OpenAPI document says it with them.

The readers of the routes decide, and say in words what is wrong; a test holds these types to them:
what is of another type here is refused there, and so is what is missing or not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, Meta(min_length=1)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-02-10"])]
Facts = Annotated[
    dict[str, Any],
    Meta(
        description="The fields of the action, by name: money and percentages as `12.5` or as "
        '`"12.5%"`, days as `"2026-02-10"`, records as objects, missing ones left out.',
        examples=[{"rate": "2%", "order": {"total": 18000, "margin": "20%"}}],
    ),
]


class Stated(Struct):
    """A person or a position as one states it."""

    person: str | None = None
    position: Annotated[str | None, Meta(description="Its name in the policy.")] = None
    unit: str | None = None
    attributes: dict[str, Any] | None = None


Party = Annotated[
    Name | Stated, Meta(description="A person's id, a position's name, or an object that says it.")
]


class Approval(Struct, forbid_unknown_fields=True):
    """A step that was done."""

    verb: Annotated[str, Meta(examples=["review"])]
    by: str | None = None
    position: str | None = None
    on: Day | None = None
    on_behalf_of: str | None = None


class WhoMay(Struct):
    """A request whose actor plays no part."""

    action: Annotated[str, Meta(description="Its name, qualified or not.", examples=["discount"])]
    facts: Facts | None = None
    verb: Annotated[str | None, Meta(description="Without it, `approve`.")] = None
    requester: Annotated[Party | None, Meta(description="Who asks for it.")] = None
    as_of: Annotated[Day | None, Meta(description="Without it, today.")] = None
    approvals: Annotated[list[Approval], Meta(max_length=1_000)] | None = None
    evidence: Annotated[list[str], Meta(max_length=1_000)] | None = None
    totals: Annotated[
        dict[str, Any] | None, Meta(description="Where nothing is recorded: what is used up.")
    ] = None
    language: Literal["en", "zh", None] = None


class Question(WhoMay):
    """A request, as `remit decide --json` takes it. What is not known is ignored, and listed in the
    trace of the answer."""

    actor: Annotated[Party | None, Meta(description="Without it, the caller.")] = None


class Decision(Question, kw_only=True):
    """A request that is answered, and recorded unless `record` is false."""

    record: bool = True


class Batch(Struct, forbid_unknown_fields=True):
    """Up to 1,000 requests, answered in their order."""

    requests: Annotated[list[Question], Meta(max_length=1_000)]
    record: bool = True
    explain: Annotated[
        bool, Meta(description="Whole answers; false, with `record: false`: outcomes and rules.")
    ] = True


class Reversal(Struct, forbid_unknown_fields=True):
    """Why a permit is given back."""

    reason: Annotated[Reason, Meta(examples=["the order was cancelled"])]


class Enquiry(Struct, forbid_unknown_fields=True):
    """What is asked for: one of the two."""

    decision: Annotated[
        Name | None, Meta(description="A recorded answer.", examples=["dec_0123456789abcdef"])
    ] = None
    request: Question | None = None


class StepDone(Struct, forbid_unknown_fields=True):
    """A step: `verb` alone does it; `do` rejects the request, or hands a paper in."""

    verb: Annotated[Name | None, Meta(examples=["review"])] = None
    do: Literal["reject", "hand_in", None] = None
    step: Annotated[Text | UnsetType, Meta(description="Where several wait.")] = UNSET
    note: Text | UnsetType = UNSET
    because: Annotated[Text | UnsetType, Meta(description="Why it is rejected.")] = UNSET
    evidence: Annotated[Text | UnsetType, Meta(description="The name of the paper.")] = UNSET


class Comment(Struct, forbid_unknown_fields=True):
    """What somebody says about a request."""

    text: Annotated[Text, Meta(examples=["the customer called again"])]


class Edit(Struct, forbid_unknown_fields=True):
    """All facts of a request anew."""

    facts: Facts


class Reassignment(Struct, forbid_unknown_fields=True):
    """To whom a step is given."""

    step: Annotated[Text, Meta(examples=["s2"])]
    to: Annotated[Text, Meta(description="A person's id.", examples=["li.wei"])]
    because: Annotated[Text, Meta(examples=["on leave until Friday"])]


class Withdrawal(Struct, forbid_unknown_fields=True):
    """A request is taken back."""

    because: Text | UnsetType = UNSET


class Delegation(Struct, forbid_unknown_fields=True, rename={"giver": "from"}):
    """An entry of the directory, without its approval."""

    to: Annotated[str, Meta(description="Who may act.", examples=["lin.tao"])]
    action: Annotated[str, Meta(examples=["discount"])]
    starts: Day
    ends: Annotated[Day, Meta(description="The first day it no longer holds.")]
    reason: Annotated[str, Meta(min_length=1, examples=["on leave"])]
    giver: Annotated[str | None, Meta(description="Without it, the caller.")] = None
    verbs: Annotated[list[str] | UnsetType, Meta(description="Without them, all.")] = UNSET
    limit: Annotated[
        str | float | UnsetType, Meta(description="As in a directory.", examples=["15%", 1500])
    ] = UNSET


class Nothing(Struct, forbid_unknown_fields=True):
    """An empty object."""


class Draft(Struct, forbid_unknown_fields=True):
    """All files of a version: `.remit`, `.csv`, `.test.yaml`."""

    files: Annotated[
        dict[str, str],
        Meta(min_length=1, max_length=1_000, description="Relative path to text."),
    ]
    based_on: Annotated[Text | None, Meta(examples=["pol_0123456789ab"])] = None
    note: Text | None = None


class PolicyPublication(Struct, forbid_unknown_fields=True):
    """What counts with a version."""

    directory: Annotated[
        Text | None, Meta(description="Without it, the one that counts.", examples=["dir_0123"])
    ] = None
    note: Text | None = None


class DirectoryDraft(Struct, forbid_unknown_fields=True):
    """A directory as a text in YAML."""

    file: Annotated[str, Meta(min_length=1)]
    based_on: Text | None = None
    note: Text | None = None


class DirectoryPublication(Struct, forbid_unknown_fields=True):
    """A word beside a publication."""

    note: Text | None = None


class Event(Struct, forbid_unknown_fields=True):
    """What happened, with every field that the policy declares of it."""

    event: Annotated[str, Meta(description="Its name, qualified or not.", examples=["Sale"])]
    facts: dict[str, Any]
    on: Annotated[Day | None, Meta(description="Without it, by a date of its facts.")] = None
    corrects: Annotated[Name | None, Meta(description="An unread one, by id.")] = None


class Observation(Struct, forbid_unknown_fields=True):
    """What was observed of a record: these facts go over those observed before."""

    record: Annotated[str, Meta(description="Its name, qualified or not.", examples=["Customer"])]
    id: Annotated[Name, Meta(max_length=200, description="Which one was observed.")]
    entry: Annotated[Name, Meta(max_length=200, description="What tells this from all others.")]
    facts: dict[str, Any]
    on: Annotated[Day | None, Meta(description="Without it, today.")] = None


class Acknowledgement(Struct, forbid_unknown_fields=True):
    """An alert is seen."""


class AlertClosure(Struct, forbid_unknown_fields=True):
    """How an alert was dealt with."""

    note: Annotated[Reason, Meta(examples=["the customer paid today"])]


class AlertOwner(Struct, forbid_unknown_fields=True):
    """Who sees to an alert from now on."""

    to: Annotated[Name, Meta(description="A position.", examples=["finance_controller"])]
    because: Annotated[Reason, Meta(examples=["it is about the credit line"])]


class Lifting(Struct, forbid_unknown_fields=True):
    """Why a hold is lifted. Facts that `lift_freeze` asks for besides."""

    because: Annotated[Reason, Meta(examples=["the customer paid in advance"])]
    facts: Facts | None = None


class Run(Struct, forbid_unknown_fields=True):
    """A run of pay."""

    period: Annotated[str, Meta(min_length=1, max_length=10, examples=["2026-03"])]
    plan: Annotated[Name | None, Meta(description="Without it, all of such periods.")] = None
    data: Annotated[Name | None, Meta(description="Without it, what the service was told.")] = None
    engine: Name | None = None


class WhatIf(Struct, forbid_unknown_fields=True, rename={"others": "or"}):
    """What one sale more, or one that is another, would pay: `sale` or `change`."""

    period: Annotated[str, Meta(min_length=1, max_length=10, examples=["2026-03"])]
    sale: Annotated[
        dict[str, Any] | None, Meta(description="Its fields; a price may have its discount.")
    ] = None
    change: Annotated[dict[str, Any] | None, Meta(description="With the id of the sale.")] = None
    others: Annotated[list[dict[str, Any]], Meta(description="What is other, of each.")] = []
    plan: Name | None = None
    person: Annotated[Name | None, Meta(description="Without it, the caller.")] = None
    data: Name | None = None
    event: Name | None = None


class Close(Struct, forbid_unknown_fields=True):
    """What is closed of a run."""

    run: Annotated[int, Meta(ge=1, examples=[7])]
    plans: Annotated[list[str], Meta(min_length=1)] | None = None
    period: str | None = None
    with_earlier: bool = False


class Dispute(Struct, forbid_unknown_fields=True):
    """Why pay is not right, and what was expected."""

    plan: Name
    period: Annotated[str, Meta(min_length=1, max_length=10)]
    reason: Annotated[Reason, Meta(examples=["the trams did not run"])]
    line: Name | None = None
    expected: str | float | None = None
    person: Annotated[Name | None, Meta(description="Without it, the caller.")] = None
    days: Annotated[int, Meta(ge=1)] | None = None


class DisputeAnswer(Struct, forbid_unknown_fields=True):
    """How a dispute is decided."""

    decision: Literal["accepted", "rejected"]
    outcome: Annotated[Reason, Meta(examples=["the event is taken back in February"])]


class DisputeWithdrawal(Struct, forbid_unknown_fields=True):
    """A dispute is taken back; for somebody else with the reason."""

    outcome: Name | None = None


class Entity(Struct):
    """A subject or a resource of AuthZEN."""

    type: Annotated[str, Meta(examples=["person"])]
    id: Annotated[str, Meta(examples=["wang.fang"])]
    properties: dict[str, Any] = {}


class Sought(Struct):
    """The subject or resource that a search looks for."""

    type: Annotated[str, Meta(examples=["person"])]
    properties: dict[str, Any] = {}


class Act(Struct):
    """An action of AuthZEN."""

    name: Annotated[str, Meta(examples=["approve"])]
    properties: dict[str, Any] = {}


class Options(Struct):
    """How many evaluations are made."""

    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = (
        "execute_all"
    )


class Pages(Struct):
    """Which page of a search."""

    token: str = ""
    limit: Annotated[int, Meta(ge=1, description="Results at most; 1,000 at most.")] = 1_000


class Evaluation(Struct):
    """One question of AuthZEN."""

    subject: Entity
    action: Act
    resource: Entity
    context: dict[str, Any] = {}


class Evaluations(Struct):
    """Many questions; members at the top are the defaults of each."""

    evaluations: Annotated[list[dict[str, Any]], Meta(max_length=1_000)] = []
    options: Options = field(default_factory=Options)
    subject: dict[str, Any] = {}
    action: dict[str, Any] = {}
    resource: dict[str, Any] = {}
    context: dict[str, Any] = {}


class SubjectSearch(Struct):
    """Who may do it?"""

    subject: Sought
    action: Act
    resource: Entity
    context: dict[str, Any] = {}
    page: Pages = field(default_factory=Pages)


class ResourceSearch(Struct):
    """With what may it be done?"""

    subject: Entity
    action: Act
    resource: Sought
    context: dict[str, Any] = {}
    page: Pages = field(default_factory=Pages)


class ActionSearch(Struct):
    """What may be done?"""

    subject: Entity
    resource: Entity
    context: dict[str, Any] = {}
    page: Pages = field(default_factory=Pages)


_REQUESTS, _DELEGATIONS = "/v1/approval-requests", "/v1/delegations"
_PAY = "/v1/commission"
TAKEN: Mapping[tuple[str, str], type[Struct]] = {
    ("POST", "/v1/decisions"): Decision,
    ("POST", "/v1/decisions/batch"): Batch,
    ("POST", "/v1/decisions/{id}/reversal"): Reversal,
    ("POST", "/v1/limits"): Question,
    ("POST", "/v1/approvers"): WhoMay,
    ("POST", _REQUESTS): Enquiry,
    ("POST", f"{_REQUESTS}/{{id}}/steps"): StepDone,
    ("POST", f"{_REQUESTS}/{{id}}/comments"): Comment,
    ("PUT", f"{_REQUESTS}/{{id}}/facts"): Edit,
    ("POST", f"{_REQUESTS}/{{id}}/reassignment"): Reassignment,
    ("POST", f"{_REQUESTS}/{{id}}/withdrawal"): Withdrawal,
    ("POST", _DELEGATIONS): Delegation,
    ("POST", f"{_DELEGATIONS}/{{id}}/approval"): Nothing,
    ("POST", f"{_DELEGATIONS}/{{id}}/end"): Nothing,
    ("POST", "/v1/policies"): Draft,
    ("POST", "/v1/policies/{id}/publication"): PolicyPublication,
    ("POST", "/v1/directory/versions"): DirectoryDraft,
    ("POST", "/v1/directory/versions/{id}/publication"): DirectoryPublication,
    ("POST", "/v1/events"): Event,
    ("POST", "/v1/observations"): Observation,
    ("POST", "/v1/alerts/{id}/acknowledgement"): Acknowledgement,
    ("POST", "/v1/alerts/{id}/closure"): AlertClosure,
    ("POST", "/v1/alerts/{id}/owner"): AlertOwner,
    ("POST", "/v1/holds/{id}/lifting"): Lifting,
    ("POST", "/v1/deliveries/{id}/retry"): Nothing,
    ("POST", f"{_PAY}/runs"): Run,
    ("POST", f"{_PAY}/whatif"): WhatIf,
    ("POST", f"{_PAY}/closings"): Close,
    ("POST", f"{_PAY}/disputes"): Dispute,
    ("POST", f"{_PAY}/disputes/{{number}}/answer"): DisputeAnswer,
    ("POST", f"{_PAY}/disputes/{{number}}/withdrawal"): DisputeWithdrawal,
    ("POST", "/access/v1/evaluation"): Evaluation,
    ("POST", "/access/v1/evaluations"): Evaluations,
    ("POST", "/access/v1/search/subject"): SubjectSearch,
    ("POST", "/access/v1/search/resource"): ResourceSearch,
    ("POST", "/access/v1/search/action"): ActionSearch,
}
"""By method and route. What is not here, FastAPI reads itself."""
