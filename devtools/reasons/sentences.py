"""Our own example sentences by reason; they extend the finder's wordings beyond those of the marked letters."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = Path(__file__).with_name("sentences.toml")


def own_sentences() -> Iterator[tuple[str, ReasonCode | None, Outcome]]:
    """Yield each sentence with its code, None where it states no reason, and the outcome that it would explain."""
    outcomes = {
        rule["code"]: Outcome(rule.get("outcome", "upheld")) for rule in load("reasons/rules")["rule"] if "code" in rule
    }
    for code, sentences in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        for sentence in sentences:
            if code == "none":
                yield sentence, None, Outcome.UPHELD
            else:
                yield sentence, ReasonCode(code), outcomes[code]
