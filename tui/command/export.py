"""`--export-torch`: the run as a PyTorch script."""

from __future__ import annotations

import argparse

from tui.command.output import refuse
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--export-torch", run, "print a PyTorch script that trains the run alike")


def run(options: argparse.Namespace) -> int:
    """Print the script, for --iterations or as many as the run says."""
    from engine.exchange.torchscript import torch_script
    from engine.runfile.read import DEFAULT
    from engine.session.rivals import with_named_optimizer
    from engine.spec.problem import Problem
    from engine.spec.run import SpecError
    from tui.command.opening import iterations, run_named

    try:
        spec = run_named(options.run or DEFAULT)
        if options.optimizer is not None:
            spec = with_named_optimizer(spec, options.optimizer)
        print(torch_script(spec, iterations(options, spec.iterations)), end="")
    except SpecError as error:
        refuse(*error.problems)
    except Problem as problem:
        refuse(str(problem))
    return 0
