"""Print the script that completes commands, options and environments in your shell."""

from __future__ import annotations

import click

from scripts.terminal import Terminal


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of SHELL: `source <(tradewind completion bash)`."""
    from click.shell_completion import get_completion_class

    completer = get_completion_class(shell)
    assert completer is not None
    root = ctx.find_root()
    script = completer(root.command, {}, "tradewind", "_TRADEWIND_COMPLETE").source()
    terminal = Terminal(json=root.params["json"])
    terminal.out(script)
    terminal.data({"shell": shell, "script": script})
