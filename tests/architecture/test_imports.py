"""Arrows point down only, and the parser knows no Django."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT


def test_the_import_contracts_hold():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_parser_loads_no_django():
    question = "import sys, imr_archive.parsing.parser; print(sorted(name for name in sys.modules if 'django' in name))"
    done = subprocess.run([sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_itself_runs_nothing():
    assert (PACKAGE / "__init__.py").read_text() == ""
