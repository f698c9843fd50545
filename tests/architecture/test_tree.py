"""What stands in no file of the repository, and what the requirement files hold."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT, place, project_files

MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:work|root|home|Users)/\w")
REGISTRY_HOST = re.compile(r"py[p]i\.org|python[h]osted|npm[j]s\.org|deb\.[d]ebian")
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def lines_that_match(pattern):
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture or a PDF
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield place(path, number)


def test_no_file_names_a_path_of_one_machine():
    assert list(lines_that_match(MACHINE_PATH)) == []


def test_no_file_names_the_host_of_a_package_registry():
    assert list(lines_that_match(REGISTRY_HOST)) == []


def test_every_dependency_is_pinned_with_its_hashes_inside_the_range_it_allows():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    production = project["project"]["dependencies"]
    files = {"production": [], "development": project["dependency-groups"]["dev"]} | {
        group: wanted for group, wanted in project["dependency-groups"].items() if group != "dev"
    }
    outside = {name: pins_outside(f"{name}.txt", production + wanted) for name, wanted in files.items()}
    assert {name: missing for name, missing in outside.items() if missing} == {}


def pins_outside(name, dependencies):
    text = (ROOT / "requirements" / name).read_text()
    pins = dict(PIN.findall(text))
    assert text.count("==") <= text.count("--hash=sha256:")
    wanted = [Requirement(dependency) for dependency in dependencies]
    return [each.name for each in wanted if each.name not in pins or pins[each.name] not in each.specifier]


@pytest.mark.parametrize("name", ["development", "bench", "fuzz"])
def test_tests_and_measurements_use_the_same_releases_as_the_site(name):
    production, other = (
        dict(PIN.findall((ROOT / "requirements" / f"{each}.txt").read_text())) for each in ("production", name)
    )
    assert production.items() <= other.items()
