"""Certificates, result notices and labels as PDF (A4, Chinese font embedded, QR code to the public page)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chassis.pdf import has_character, joined, qr_svg, render
from registry.models import Certificate

TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"
LABELS = Path(__file__).parent / "templates" / "labels.typ"
LABELS_TITLE = "器具码标签"


class LabelSize(NamedTuple):
    """Labels of an A4 sheet that one can buy. Lengths in millimetres, text in points."""

    columns: int
    rows: int
    width: float
    height: float
    qr: float
    text: float

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


LABEL_SIZES = {
    "small": LabelSize(5, 13, 38, 21, 16, 5),
    "medium": LabelSize(3, 8, 70, 36, 26, 8),
    "large": LabelSize(2, 4, 105, 74, 48, 12),
}


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
        "remarks": "；".join(filter(None, (r["remarks"], _replaces(s.get("replaces")), s.get("corrected_by")))),
        "url": url,
        "qr": qr_svg(url),
    }
    return render(TEMPLATE, data)


def labels_pdf(sheets: Iterable[Sequence[Mapping[str, Any]]], size: str, public_url: str) -> bytes:
    """Labels, one an instrument (code, name, model, serial_no, own_no), at most `per_sheet` of the size a sheet."""
    return joined((_label_sheet(rows, LABEL_SIZES[size], public_url) for rows in sheets), LABELS_TITLE)


def _label_sheet(rows: Sequence[Mapping[str, Any]], s: LabelSize, public_url: str) -> bytes:
    """A character that the font lacks is printed as 〓: the code leads to the name as it is."""
    data = s._asdict() | {
        "title": LABELS_TITLE, "margin_x": (210 - s.columns * s.width) / 2, "margin_y": (297 - s.rows * s.height) / 2,
        "labels": [
            {
                "qr": qr_svg(f"{public_url}/i/{row['code']}"), "name": _printable(row["name"], 20),
                "lines": [
                    _printable(f"{label}{row[key]}", 24)
                    for label, key in (("型号 ", "model"), ("编号 ", "serial_no"), ("自编号 ", "own_no"), ("", "code"))
                    if row[key]
                ],
            }
            for row in rows
        ],
    }  # fmt: skip
    return render(LABELS, data)


def _printable(text: str, most: int) -> str:
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(c if has_character(c) else "〓" for c in short)


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
