"""Ask the archive that DATABASE_URL names hostile questions, and report how long each takes.

    DATABASE_URL=… python -m devtools.benchmarks.hostile

Each question is asked once in this process, through all middleware, of the page, the outcomes and the API. The report
has one line a question: the slowest of the three, the processor time of this process for all three (on SQLite, that is
what they take on an idle machine), their statuses, and whether the words were refused.
"""

from __future__ import annotations

import os
import sys
import time

LIMIT_SECONDS = 2.0
_TWENTY = (
    *("pain", "back", "neck", "knee", "shoulder", "spine", "lumbar", "cervical", "wrist", "hand"),
    *("therapy", "injection", "surgery", "medication", "opioid", "imaging", "brace", "unit", "visit", "program"),
)
_BEGINNINGS = (
    *("re", "in", "co", "de", "pa", "pr", "tr", "me", "su", "di", "fu", "ex", "ch", "ph", "sp", "an", "st", "ca", "no"),
    *("se", "la", "ne", "sh", "ha", "lo", "be", "fi", "fo", "gu", "im", "li", "mo", "or", "pe", "po", "ra", "ro", "ta"),
    *("te", "th"),
)
HOSTILE: dict[str, str] = {
    "four beginnings near one another": '"re* in* co* de*"~20',
    "two beginnings far apart": '"re* in*"~50',
    "groups of twenty near groups of twenty": f"({' OR '.join(_TWENTY)}) /50 ({' OR '.join(reversed(_TWENTY))})",
    "beginnings near beginnings": f"({' OR '.join(f'{each}*' for each in _BEGINNINGS[:6])}) /20 (pa* OR de* OR tr*)",
    "forty beginnings, all of them": " ".join(f"{each}*" for each in _BEGINNINGS),
    "forty beginnings, any of them": " OR ".join(f"{each}*" for each in _BEGINNINGS),
    "forty longer beginnings": " OR ".join(f"{each}a*" for each in _BEGINNINGS),
    "five words near one another": '"pain back therapy patient treatment"~50',
    "five common words in a chain": " /50 ".join(("pain", "patient", "treatment", "therapy", "back") * 8),
    "forty common words": " ".join(_TWENTY * 2),
    "forty common words, any": " OR ".join(_TWENTY * 2),
    "everything but": " ".join(f"-{each}*" for each in _BEGINNINGS),
    "deep nests": "(" * 19 + "pain OR back" + ") OR neck" * 19,
    "a long phrase": '"' + "the patient has pain in the back and " * 40 + '"',
    "forty misspelled words": " ".join(f"{each}tment{number}x" for number, each in enumerate(_TWENTY * 2)),
    "one letter words": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "beginnings of guidelines": " ".join(f"cites:{each}*" for each in _BEGINNINGS),
    "case numbers that begin alike": " OR ".join(f"case:CM1{number % 10}*" for number in range(40)),
    "hyphens and slashes": "-" * 900 + "/5 " * 300,
    "the longest words": "q" * 2000,
}
PAGES = ("/determinations/?show=determinations&scope=letter", "/outcomes/?rows=treatment", "/api/v1/items/?limit=10")


def main() -> int:
    """Ask every question and report; return 1 if one took longer than the limit or failed."""
    import django  # the settings read the database's address from the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imr_archive.settings")
    django.setup()
    from django.test import Client  # needs the settings

    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.get(PAGES[0])
    failed = 0
    for name, words in HOSTILE.items():
        times, statuses, refused = [], [], False
        worked = time.process_time()
        for page in PAGES:
            began = time.perf_counter()
            response = client.get(page, {**_parameters(page), "q": words})
            times.append(time.perf_counter() - began)
            statuses.append(response.status_code)
            refused |= b"would compare too many words" in response.content
        slow = max(times) > LIMIT_SECONDS or any(status >= 500 for status in statuses)
        failed += slow
        told = " refused" if refused else ""
        own = time.process_time() - worked
        line = f"{'SLOW ' if slow else '     '}{max(times):7.2f} s {own:7.2f} s  {statuses}{told:9} {name}"
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(HOSTILE)} hostile questions, {failed} over {LIMIT_SECONDS:g} s or failed\n")
    return 1 if failed else 0


def _parameters(page: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in page.partition("?")[2].split("&"))


if __name__ == "__main__":
    sys.exit(main())
