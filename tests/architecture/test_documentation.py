"""The documentation names every command, setting and make target, and its links lead somewhere."""

import ast
import re

import pytest

from devtools.codebook import codebook
from devtools.schema import schema_text
from tests.architecture.source import PACKAGE, ROOT, project_files, python_files, syntax


def document(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_management_command_is_documented():
    folders = (PACKAGE / "management" / "commands", ROOT / "devtools" / "management" / "commands")
    commands = {path.stem for folder in folders for path in folder.glob("[!_]*.py")}
    assert {"demo", "make_letters"} <= commands
    text = document("docs/commands.md")
    assert {command for command in commands if not re.search(rf"### `manage\.py {command}\b", text)} == set()


def test_every_setting_from_the_environment_is_in_the_configuration_table():
    settings = {name for path in python_files("imr_archive") for node in syntax(path) if (name := variable_read(node))}
    assert {"SECRET_KEY", "DATABASE_URL"} <= settings
    documented = set(re.findall(r"^\| *`([A-Z_]+)`", document("docs/configuration.md"), re.MULTILINE))
    assert settings - documented == set(), "read by the code, missing in the table"
    assert documented - settings == set(), "in the table, read by no code"


def variable_read(node):
    """The environment variable that a call of environs or ``os.environ.get`` names, if it is one."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="env"))
            | ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return name
        case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
            return name
        case _:
            return None


def test_every_make_target_is_documented():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test", "check"} <= targets
    text = document("docs/commands.md")
    assert {target for target in targets - {"help"} if f"`make {target}`" not in text} == set()


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("path", [path for path in project_files() if path.suffix == ".md"], ids=lambda path: path.name)
def test_links_between_documents_lead_to_files(path):
    missing = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert missing == []


def test_the_codebook_lists_the_codes_of_today():
    assert document("docs/codebook.md") == codebook()


def test_the_published_schema_is_that_of_the_records():
    assert document("docs/parse-schema.json") == schema_text()
