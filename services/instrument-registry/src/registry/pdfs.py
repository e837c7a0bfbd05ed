"""Certificates and result notices as PDF (A4, Chinese font embedded, QR code to the public page)."""

from pathlib import Path
from typing import Any

from chassis.pdf import qr_svg, render
from registry.models import Certificate

TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"


def certificate_pdf(certificate: Certificate, public_url: str) -> bytes:
    """One certificate. Raises: CharacterMissing naming characters that the font lacks."""
    s, r = certificate.snapshot, certificate.result
    passed = certificate.kind == "certificate"
    url = f"{public_url}/c/{certificate.public_code}"
    data: dict[str, Any] = {
        "title": "检定证书" if passed else "检定结果通知书",
        "institution": s["institution_name"],
        "number": certificate.number,
        "rows": [
            ["送检单位", s["org_name"]],
            ["计量器具名称", s["name"] + (f"（{certificate.unit} 号枪）" if certificate.unit else "")],
            ["型号/规格", s["model"]],
            ["出厂编号", s["serial_no"]],
            ["制造单位", s["manufacturer"]],
            ["种别", f"{certificate.kind_code} {s['kind_name']}"],
            ["准确度等级", s["accuracy_class"] or "——"],
            ["检定依据", r["procedure"]],
            ["检定结论", "合格" if passed else f"不合格{'：' + r['fail_items'] if r['fail_items'] else ''}"],
            ["检定所用标准", r["standard"] or "——"],
        ],
        "verified_on": _day(certificate.verified_on),
        "valid_until": _validity(certificate, passed),
        "verifier": r["verifier_name"],
        "checker": r["checker_name"],
        "remarks": "；".join(filter(None, (r["remarks"], _replaces(s.get("replaces"))))),
        "url": url,
        "qr": qr_svg(url),
    }
    return render(TEMPLATE, data)


def _replaces(number: str | None) -> str:
    return f"本证书替代编号为 {number} 的证书" if number else ""


def _validity(certificate: Certificate, passed: bool) -> str:
    if not passed:
        return "——"
    if certificate.rotate_on:
        return f"首次强制检定，{_day(certificate.rotate_on)} 到期轮换"
    return _day(certificate.valid_until) if certificate.valid_until else "首次强制检定，失准报废"


def _day(day: Any) -> str:
    return f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日"
