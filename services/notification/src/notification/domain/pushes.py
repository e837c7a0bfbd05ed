"""Reads the XML of a push."""

from xml.parsers import expat

from chassis.errors import Malformed


def first_level(xml: str) -> dict[str, str]:
    """Returns name -> text of the elements directly below the root. Raises Malformed, also for a document type (entity bombs).
    The text of a follower may contain the word DOCTYPE."""
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) == 2:
            found[name] = ""
        elif len(path) > DEEPEST:
            raise Malformed(reason="XML")

    def text(data: str) -> None:
        if len(path) == 2:
            found[path[1]] += data

    def doctype(*_: object) -> None:
        raise Malformed(reason="XML")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _name: path.pop()
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(xml.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise Malformed(reason="XML") from error
    return {name: value.replace("\x00", "") for name, value in found.items()}


DEEPEST = 10
