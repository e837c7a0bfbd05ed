"""A service may answer before it has read the request. The answer must still reach the client through the gateway."""

import json

import requests
from client import Client

from launcher.servers import Platform


def test_an_early_refusal_of_a_large_body_arrives(whole_platform: Platform) -> None:
    stranger = requests.Session()  # keeps its connection open, as a gateway does
    body = json.dumps({"selection": {"ids": ["e3e70682-c209-1cac-a29f-6fbed82c07cd"] * 20_000}})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {applicant(whole_platform).token}"}
    url = whole_platform.gateway_url + "/api/filing/filings/actions/approve"
    statuses = {stranger.post(url, data=body, headers=headers, timeout=10).status_code for _ in range(60)}
    assert statuses == {403}


def applicant(platform: Platform) -> Client:
    return Client(platform.gateway_url).sign_in("applicant")
