"""`--export-torch`: the run as a PyTorch script; `--export`: its numbers as a file of arrays."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.command import asking
from tui.command.output import refuse, refuse_path, show
from tui.command.parser import Parser


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--export-torch", run, "print a PyTorch script that trains the run alike")
    says = "write parameters, state and all steps as .npz, or the parameters as .safetensors"
    asking.add_word(parser, "--export", run_file, says, metavar="FILE", dest="export")


def run_file(options: argparse.Namespace) -> int:
    """Write the file, which must be a new one."""
    from engine.exchange.arrayfile import ENDINGS, exported
    from engine.spec.files import write_new
    from engine.spec.problem import Problem
    from tui.command.request import request

    path = Path(options.export)
    if path.suffix not in ENDINGS:
        refuse(f"--export {options.export}: the name must end with {' or '.join(ENDINGS)}.")
    asked = request(options)
    try:
        data = exported(asked.session.branch.history, asked.first, asked.last, path.suffix)
        write_new(path, data)
    except (Problem, ValueError) as error:
        refuse(str(error))
    except OSError as error:
        refuse_path(error)
    show(asked.text, f"{options.export}: {len(data):,} bytes.")
    return 0


def run(options: argparse.Namespace) -> int:
    """Print the script, for --iterations or as many as the run says."""
    from engine.exchange.torchscript import torch_script
    from engine.runfile.read import DEFAULT
    from engine.session.rivals import with_named_optimizer
    from engine.spec.problem import Problem
    from engine.spec.run import SpecError
    from tui.actions.runs import run_named
    from tui.command.opening import iterations

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
