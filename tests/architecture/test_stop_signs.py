"""Stop signs at review that a machine can see."""

import ast
import re
from collections import Counter

from tests.architecture.source import PACKAGE, ROOT, place, python_files, syntax

UNEXPLAINED_EXEMPTION = re.compile(r"#\s*(?:noqa(?!: [A-Z0-9, ]+ - \w)|type: ignore(?!\[[\w, -]+\] {2}# \w))")
AGAINST_THE_POLICY = re.compile(
    r"""
    <(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//   # a resource from another host
    | <script\b(?![^>]*\bsrc=)(?![^>]*\btype=["']application/json)       # a script written into the page
    | \s(?:on[a-z]+|style)=["']                                          # a handler or a style written into a tag
    """,
    re.VERBOSE,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


# Search asks once, for its backend; the writer of batches asks beside the statements that differ.
MAY_ASK_FOR_THE_VENDOR = {
    "search/fulltext/backend.py": 1,
    "migrations/_operations.py": 1,
    "letters/tables.py": 2,
    "ingest/pipeline/tuning.py": 1,
}


def test_the_database_vendor_is_asked_in_few_places():
    asked = Counter(
        str(path.relative_to(PACKAGE))
        for path in python_files("imr_archive")
        for node in syntax(path)
        if isinstance(node, ast.Attribute) and node.attr == "vendor"
    )
    assert asked <= Counter(MAY_ASK_FOR_THE_VENDOR)


def test_nothing_listens_to_signals():
    offences = [
        place(path, node.lineno)
        for path in python_files("imr_archive")
        for node in syntax(path)
        if isinstance(node, ast.ImportFrom) and node.module and re.search(r"\bsignals$|\bdispatch\b", node.module)
    ]
    assert offences == []


def test_no_model_or_queryset_overrides_save_delete_or_filter():
    offences = [
        place(path, function.lineno)
        for path in python_files("imr_archive")
        if path.relative_to(PACKAGE).parts[0] == "models"
        for node in syntax(path)
        if isinstance(node, ast.ClassDef)
        for function in node.body
        if isinstance(function, FUNCTIONS) and function.name in ("save", "delete", "filter")
    ]
    assert offences == []


def test_no_except_catches_everything_unnamed():
    offences = [
        place(path, node.lineno)
        for path in python_files("imr_archive", "tests", "devtools.benchmarks")
        for node in syntax(path)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert offences == []


def test_an_exemption_from_a_rule_gives_its_reason():
    offences = [
        place(path, number)
        for path in python_files("imr_archive", "tests", "devtools.benchmarks")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNEXPLAINED_EXEMPTION.search(line)
    ]
    assert offences == []


def test_an_import_inside_a_function_gives_its_reason():
    offences = []
    for path in python_files("imr_archive"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in syntax(path):
            if isinstance(node, FUNCTIONS):
                offences += [
                    place(path, inner.lineno)
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                    and "#" not in lines[inner.lineno - 2] + lines[inner.end_lineno - 1]
                ]
    assert offences == []


def test_a_skipped_test_gives_its_reason():
    offences = [
        place(path, node.lineno)
        for path in python_files("tests")
        for node in syntax(path)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail")
        and "reason=" not in ast.get_source_segment(path.read_text(encoding="utf-8"), call_of(path, node) or node)
    ]
    assert offences == []


def call_of(path, marker):
    """The call that a marker is the function of, if it is called at all."""
    return next((node for node in syntax(path) if isinstance(node, ast.Call) and node.func is marker), None)


def test_templates_load_no_resource_from_elsewhere_and_hold_no_inline_script():
    templates = [path for folder in (ROOT / "templates", PACKAGE) for path in folder.rglob("*.html")]
    assert templates
    offences = [
        place(path, text.count("\n", 0, found.start()) + 1)
        for path in templates
        for text in [path.read_text(encoding="utf-8")]
        for found in AGAINST_THE_POLICY.finditer(text)
    ]
    assert offences == []
