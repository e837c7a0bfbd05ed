"""Filing asks the registry to amend an instrument. Each must read what the other sends."""

from chassis.ids import new_id
from chassis.testing import applicant
from filing.actions.amendments import request
from filing.models import Filing, Institution
from registry.api.schemas import AmendmentRequest, AmendmentView


def test_the_registry_reads_what_filing_asks() -> None:
    owner = applicant()
    filing = Filing(id=new_id(), submission_id=new_id(), instrument_id=new_id(), org_id=owner.org_id)
    filing.amendment = {
        "id": str(new_id()), "actor": owner.to_json(), "version": 3, "reason": None,
        "changes": {"model": "ACS-30C", "made_on": "2026-01-31", "details": {"nozzles": []}},
        "begun_at": "2026-11-28T03:00:00+00:00",
    }  # fmt: skip
    read = AmendmentRequest().load(request(filing, Institution(tier="city", division_code="440100")))
    assert (read["filing_id"], read["area"], read["changes"]["model"]) == (filing.id, "4401", "ACS-30C")


def test_filing_finds_in_the_answer_what_it_takes_over() -> None:
    assert set(AmendmentView().fields) == {"version", "snapshot", "changes"}
