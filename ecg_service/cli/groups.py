"""Groups of commands."""

import click

from ecg_service.settings.problems import unknown


class Group(click.Group):
    """A group that tells of an unknown command which known one is the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named first."""
        name = args[0]
        if name[:1].isalpha() and self.get_command(ctx, name) is None:
            ctx.fail(f"{name}: {unknown('command', name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)
