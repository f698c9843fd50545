"""Write the other names of treatments, as the parser's tables have them, for the pages, which do not read the parser.

python -m devtools.treatment_names > imr_archive/web/catalogue/treatment_names.json
"""

from __future__ import annotations

import json
import sys

from imr_archive.parsing.requests.treatment_table import other_names


def treatment_names() -> str:
    """Return the names of each treatment that has others, as JSON, one treatment a line."""
    lines = (f"{json.dumps(slug)}: {json.dumps(names, ensure_ascii=False)}" for slug, names in other_names().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(treatment_names())
