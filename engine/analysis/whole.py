"""The gradient of the whole data at the parameters of one iteration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import RunSpec


def whole_gradient(trace: Trace, spec: RunSpec, name: Symbol) -> Array:
    """The gradient of a trained parameter, as that is shaped, over all samples that are trained on
    at once, in the data's order, from the parameters that the iteration of a trace began with.
    """
    data = replace(spec.data, batch_size=spec.data.samples, shuffle=False, batches=())
    trainer = Trainer(replace(spec, data=data, clip=None))
    trainer.state[...] = trace.before
    program = trainer.begin(trace.t)
    with np.errstate(all="ignore"):
        for function, args in program.calls:
            function(*args)
    return program.layout.view(program.work, name.gradient).copy()
