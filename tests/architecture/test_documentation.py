"""The README names every command and every setting."""

import ast
import re

from tests.architecture.source import PACKAGE, ROOT, python_files, syntax


def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_management_command_is_in_the_readme():
    commands = {path.stem for path in (PACKAGE / "management" / "commands").glob("[!_]*.py")}
    assert "demo" in commands
    missing = {command for command in commands if not re.search(rf"manage\.py {command}\b", readme())}
    assert missing == set()


def test_every_setting_from_the_environment_is_in_the_configuration_table():
    settings = {name for path in python_files("imr_archive") for node in syntax(path) if (name := variable_read(node))}
    assert {"SECRET_KEY", "DATABASE_URL"} <= settings
    section = readme().partition("\n## Configuration\n")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| *`([A-Z_]+)`", section, re.MULTILINE))
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


def test_every_make_target_is_in_the_readme():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test", "check"} <= targets
    assert {target for target in targets - {"help"} if f"make {target}" not in readme()} == set()
