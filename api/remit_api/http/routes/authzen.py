"""`/access/v1`: AuthZEN's Authorization API 1.0, for programs that know no other. It only asks:
nothing is recorded, and no limit is used up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from remit_api.http.access import Access, Guard
from remit_api.http.authzen import evaluation, searching
from remit_api.http.authzen.asked import DocumentOf
from remit_api.http.authzen.evaluation import Point
from remit_api.http.enquiry import ASK
from remit_api.http.refusals import NotFound
from remit_api.http.replies import reply
from remit_api.http.service import Service, ServiceOf

RESOURCE, SEARCH = "evaluations", "search"
ENDPOINTS = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}
router = APIRouter(tags=["authzen"])
Asking = Annotated[Access, Depends(Guard(RESOURCE, ASK))]
Searching = Annotated[Access, Depends(Guard(RESOURCE, SEARCH))]


def _point(service: Service, access: Access) -> Point:
    return Point(service.desk, service.authzen, service.store, access)


@router.get(
    "/.well-known/authzen-configuration",
    summary="Where AuthZEN is answered",
    responses={404: {"description": "The service does not know its address"}},
)
async def configuration(service: ServiceOf) -> dict[str, str]:
    """The addresses of the decision point."""
    base = service.settings.address
    if base is None:
        raise NotFound("the service does not know its address", "name it with `--public-url`")
    return {
        "policy_decision_point": base,
        **{name: f"{base}{path}" for name, path in ENDPOINTS.items()},
    }


@router.post("/access/v1/evaluation", summary="May the subject do it?")
def evaluate(access: Asking, body: DocumentOf, service: ServiceOf) -> Response:
    """True for `permit` alone; `context` says why."""
    return reply(evaluation.evaluation(body, _point(service, access)))


@router.post("/access/v1/evaluations", summary="Many evaluations at once")
def evaluate_many(access: Asking, body: DocumentOf, service: ServiceOf) -> Response:
    """The answers in their order; members at the top are defaults of those in `evaluations`."""
    return reply(evaluation.evaluations(body, _point(service, access)))


@router.post("/access/v1/search/subject", summary="Which subjects may?")
def search_subject(access: Searching, body: DocumentOf, service: ServiceOf) -> Response:
    """Those of the directory, or the positions, for whom the evaluation would be true."""
    access.require(own=False)
    return reply(searching.subjects(body, _point(service, access)))


@router.post("/access/v1/search/resource", summary="With which resources?")
def search_resource(access: Searching, body: DocumentOf, service: ServiceOf) -> Response:
    """Those the mapping knows for which the evaluation would be true."""
    access.require(own=False)
    return reply(searching.resources(body, _point(service, access)))


@router.post("/access/v1/search/action", summary="Which actions?")
def search_action(access: Searching, body: DocumentOf, service: ServiceOf) -> Response:
    """The actions for which the evaluation would be true."""
    access.require(own=False)
    return reply(searching.actions(body, _point(service, access)))
