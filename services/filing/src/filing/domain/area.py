"""Areas: which divisions belong to an institution."""


def area_prefix(tier: str, division_code: str) -> str:
    """44 for the province, 4401 for a city, all six digits for a county."""
    return {"province": division_code[:2], "city": division_code[:4]}.get(tier, division_code)


def covers(tier: str, institution_division: str, division_code: str) -> bool:
    return division_code.startswith(area_prefix(tier, institution_division))
