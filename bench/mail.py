"""What reading mail costs, in CPU: `python bench/mail.py` from the repository's root.

Prints the CPU time of one ordinary mail read here and read in the child (and their ratio), and of the worst of the
hostile mails of the tests in the child.
"""

import resource
import sys
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from entendu.kit import child, mime
from kit.bad_mails import bad_mails

ROUNDS = 500


def used() -> float:
    """CPU seconds of this process and of the children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def cpu_in_child(raws: list[bytes]) -> float:
    """CPU seconds to read these mails in a child that is already warm."""
    read = "entendu.kit.mime.parse_to_bytes"
    totals = []
    for batch in ([], raws):
        child.close_all()
        before = used()
        child.call(read, b"")
        for raw in batch:
            try:
                mime.from_bytes(child.call(read, raw))
            except child.ChildFailed:
                continue
        child.close_all()
        totals.append(used() - before)
    return totals[1] - totals[0]


def ordinary() -> bytes:
    """A mail as most are: two forms of one text, a quotation, a photo of 200 kB."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Marie <marie@ex.test>",
        "care@ex.test",
        "Re: Colis perdu",
    )
    message["Message-ID"], message["References"] = "<a@ex.test>", "<b@ex.test> <c@ex.test>"
    text = "Bonjour,\n\n" + "Mon colis n'est pas arrivé et personne ne répond. " * 10
    quoted = (
        "\n\nLe mar. 3 nov. 2026 à 10:02, Service Client <care@ex.test> a écrit :\n" + "> On regarde.\n" * 20
    )
    message.set_content(text + quoted)
    message.add_alternative(f"<p>{text}</p><blockquote>{quoted}</blockquote>", subtype="html")
    message.add_attachment(bytes(200_000), "image", "jpeg", filename="photo.jpg")
    return message.as_bytes()


def main() -> None:
    raw = ordinary()
    mime.parse_to_bytes(raw)
    before = used()
    for _ in range(ROUNDS):
        mime.parse_to_bytes(raw)
    here = (used() - before) / ROUNDS
    there = cpu_in_child([raw] * ROUNDS) / ROUNDS
    print(
        f"ordinary mail: here {here * 1000:.2f} ms, in the child {there * 1000:.2f} ms, ratio {there / here:.2f}"
    )
    costs = sorted(((cpu_in_child([mail]), name) for name, mail in bad_mails()), reverse=True)
    print("worst hostile mails:", ", ".join(f"{name} {cost:.2f} s" for cost, name in costs[:5]))


if __name__ == "__main__":
    main()
