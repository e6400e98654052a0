"""The doors of the command line; each command's module is imported only when it is called."""

import importlib
from typing import Any

import click

COMMANDS = {
    "audit": "langqiao.cli.audit:audit",
    "backup": "langqiao.cli.backup:backup",
    "person": "langqiao.cli.person:person",
    "restore": "langqiao.cli.backup:restore",
    "verify": "langqiao.cli.backup:verify",
    "books": "langqiao.cli.books:books",
    "calc": "langqiao.cli.calc:calc",
    "ingest": "langqiao.cli.ingest:ingest",
    "export": "langqiao.cli.export:export",
    "sample": "langqiao.cli.sample:sample",
    "compute": "langqiao.cli.compute:compute",
    "index": "langqiao.cli.index:index",
    "search": "langqiao.cli.search:search",
    "right": "langqiao.cli.right:right",
    "grade": "langqiao.cli.grade:grade",
    "value": "langqiao.cli.value:value",
    "serve": "langqiao.cli.serve:serve",
    "doctor": "langqiao.cli.doctor:doctor",
    "scenario": "langqiao.cli.scenario:main",
    "setup-admin": "langqiao.cli.people:setup_admin",
    "check-deploy": "langqiao.cli.people:check_deploy",
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of every command."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, loaded now."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found: Any = getattr(importlib.import_module(module), name)
        return found if isinstance(found, click.Command) else None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="langqiao")
def main() -> None:
    """Langqiao 廊桥: patents into capital on evidence."""
