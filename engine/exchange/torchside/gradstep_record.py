"""Records what PyTorch computes in a training, for gradstep to step through and to compare.

    from gradstep_record import record
    with record(model, optimizer, "run.npz"): ...  # or recorder = record(...), recorder.close()

writes run.npz, and run.toml, a run file: `python -m tui run.toml --against run.npz`. The arrays by
name, where T is an iteration, counted from 1, and net.0 a module of the model:
    T/x, T/y, T/loss          the mini-batch, its targets and its loss
    T/net.0/out               what the module gave; T/net.0/tanh: what a function gave after it
    T/net.0.weight/grad       its gradient after backward; /clipped: at the step, where it differs
    T/net.0.weight/before     the parameter, where something but a step had changed it
    T/net.0.weight/new        the parameter after the step, where the step changed it
    T/net.0.weight/exp_avg    what the optimizer keeps for it, by PyTorch's names
    0/net.0.weight ...          the same before the first iteration
    meta                      JSON, as bytes: what was called; the optimizer's groups in each T
"""

import atexit
import json
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.overrides import TorchFunctionMode, _get_current_function_mode, _pop_mode, _push_mode

MARK = "# By gradstep_record.py. All of it, written out: python -m tui RUN --save-run FILE"
FOLLOWED = """linear relu tanh sigmoid leaky_relu elu gelu silu softplus softmax log_softmax relu6
hardtanh hardsigmoid hardswish log_sigmoid softsign selu mish prelu kl_div cross_entropy
binary_cross_entropy binary_cross_entropy_with_logits dropout matmul add sub rsub mul div pow sum
mean abs view reshape flatten squeeze unsqueeze t get mm neg getitem log"""


def copied(value):
    """A tensor or number as an array of its own; bfloat16 as the float32 that it is."""
    if not isinstance(value, torch.Tensor):
        return np.array(value)
    value = value.detach().to_dense()
    return (value.float() if value.dtype == torch.bfloat16 else value).cpu().numpy().copy()


def _same(one, other):
    return other is not None and np.array_equal(copied(one), other, equal_nan=True)


class record(ExitStack, TorchFunctionMode):  # noqa: N801
    """Records the first `iterations` of a training, 100 megabytes at most, until `close`."""

    def __init__(self, model, optimizer, path="run.npz", iterations=100, megabytes=100):
        super().__init__()
        self.path, self.room = Path(path).with_suffix(".npz").resolve(), min(megabytes, 100) << 20
        self.path.open("ab").close()  # an error now, and not after the training
        self.optimizer, self.parameters = optimizer, dict(model.named_parameters())
        self.names, self.grads = {id(p): name for name, p in self.parameters.items()}, None
        self.arrays, self.last, self.notes, self.known, self.calls = {}, {}, {}, {}, []
        self.options, self.t, self.most, self.busy, self.held = [], 1, iterations, False, 0
        self._keep("0/{}")
        self.callback(self._write)
        hooks = [(optimizer.register_step_pre_hook, self._before)]
        hooks += [(optimizer.register_step_post_hook, self._after)]
        for name, module in model.named_modules():
            hooks += [(module.register_forward_hook, partial(self._made, name or "model"))]
        for hook, do in hooks:
            self.callback(hook(partial(self._quietly, do)).remove)
        _push_mode(self)
        self.callback(lambda: _get_current_function_mode() is self and _pop_mode())
        atexit.register(self.close)

    def __torch_function__(self, func, _types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        if torch.is_grad_enabled():
            self._quietly(self._saw, func, args, kwargs or {}, made)
        return made

    def _quietly(self, do, *given):
        if not self.busy and self.t <= self.most and self.room > 0:
            self.busy = True
            try:
                with torch.no_grad():
                    do(*given)
            except Exception as error:  # no mistake of ours ends a training
                self.notes[f"the recorder failed: {error!r:.99}"] = self.t
                self.most = 0
            self.busy = False

    def _put(self, name, value):
        self.arrays[name] = copied(value)
        self.room -= self.arrays[name].nbytes + 1024  # and a name

    def _parameter(self, value):
        return self.names.get(id(value)) or self.names.get(id(getattr(value, "_base", None)))

    def _saw(self, func, args, kwargs, made):
        """A call. What is made of known outputs, or of parameters, is known from then on."""
        led = any(id(each) in self.known or self._parameter(each) for each in args)  # frozen, too
        if func is torch.Tensor.backward:
            self._backward(args[0])
        elif torch.is_tensor(made) and (led or made.requires_grad) and not self._parameter(made):
            call = {"call": getattr(func, "__name__", "").strip("_"), "others": [], "before": []}
            call["args"] = [self._said(each, call) for each in args]
            call["kwargs"] = {key: self._said(each, call) for key, each in kwargs.items()}
            if not call["before"] and self.held > 64 << 20:  # passes without a step
                self.known, self.held = {}, 0
            place = call["before"][0]["place"] if call["before"] else ""
            call |= {"place": place, "key": f"{place}/{call['call']}", "out": copied(made)}
            self.known[id(made)] = made, call
            self.held += 2 * made.nbytes

    def _said(self, value, call):
        """An argument as JSON: an output, a parameter, another tensor, or itself."""
        if isinstance(value, (list, tuple)):
            return [self._said(each, call) for each in value]
        if not isinstance(value, torch.Tensor):
            return value if isinstance(value, int | float | str | None) else str(value)[:80]
        if id(value) in self.known:
            call["before"] += [self.known[id(value)][1]]
            return {"output": call["before"][-1]["key"]}
        if name := self._parameter(value):
            like = self.parameters[name]
            turned = (value.shape, value.stride()) != (like.shape, like.stride())
            return {"parameter": name, "turned": turned}
        call["others"].append(copied(value))
        few = value.is_floating_point() and value.numel() <= 1000
        return {"tensor": list(value.shape), "numbers": value.tolist() if few else None}

    def _made(self, name, _module, _args, output):
        call = self.known.get(id(output), (None, {"key": "/out"}))[1]
        if not call["key"].endswith("/out"):  # nor by a module in this one
            call["place"], call["key"] = name, f"{name}/out"

    def _backward(self, loss):
        """The gradients are there; what led to this loss is the forward pass of the iteration."""
        if self.grads is not None:
            self.notes.setdefault("several backward passes before a step", self.t)
        self.grads = {n: copied(p.grad) for n, p in self.parameters.items() if p.grad is not None}
        self._put(f"{self.t}/loss", loss)
        for call in (chain := self._led_to(loss)):
            while f"{self.t}/{call['key']}" in self.arrays:
                call["key"] += "'"
            self._put(f"{self.t}/{call['key']}", call["out"])
        calls = [[call[k] for k in ("key", "call", "args", "kwargs")] for call in chain]
        self.calls = self.calls or calls
        if [call[0] for call in calls] != [call[0] for call in self.calls]:
            self.notes.setdefault("other calls than in the first iteration", self.t)

    def _led_to(self, loss):
        chain = [self.known[id(loss)][1]] if id(loss) in self.known else []
        while chain and chain[0]["before"]:
            chain.insert(0, chain[0]["before"][0])
        given = [array for call in chain for array in call["others"] if array.ndim]
        given = [array for array in given if len(array) == len(given[0])]
        for name, array in zip("xy", given, strict=False):
            self._put(f"{self.t}/{name}", array)
        return chain

    def _keep(self, form):
        for name, p in self.parameters.items():
            if not _same(p, self.last.get(name)):
                self.last[name] = copied(p)
                self._put(form.format(name), p)
            for key, value in self.optimizer.state.get(p, {}).items():
                if isinstance(value, (torch.Tensor, int, float)) and "before" not in form:
                    self._put(f"{form.format(name).removesuffix('/new')}/{key}", value)

    def _before(self, *_):
        said, groups = partial(self._said, call={"others": []}), self.optimizer.param_groups
        self.options.append([{key: said(value) for key, value in g.items()} for g in groups])
        self._keep(f"{self.t}/{{}}/before")
        for name, p in self.parameters.items():
            if p.grad is not None:
                self._put(f"{self.t}/{name}/grad", (self.grads or {}).get(name, p.grad))
                if not _same(p.grad, self.arrays[f"{self.t}/{name}/grad"]):
                    self._put(f"{self.t}/{name}/clipped", p.grad)

    def _after(self, *_):
        self._keep(f"{self.t}/{{}}/new")
        self.known, self.held, self.grads, self.t = {}, 0, None, self.t + 1

    def _write(self):
        self.most = 0
        atexit.unregister(self.close)
        odd = {c[1] for c in self.calls if not c[1].endswith("_loss")} - {*FOLLOWED.split()}
        self.notes |= {f"what {name} computes": 1 for name in sorted(odd)}
        meta = {"gradstep": 1, "optimizer": type(self.optimizer).__name__, "notes": self.notes}
        meta |= {"iterations": self.t - 1, "calls": self.calls, "groups": self.options}
        self.arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
        notes = [f"not followed from iteration {t} on: {note}" for note, t in self.notes.items()]
        notes += ["no room for more, see megabytes"] * (self.room <= 0)
        run, said = self.path.with_suffix(".toml"), "and, left alone, for it is not ours,"
        try:
            np.savez(self.path, **self.arrays)
            if not run.exists() or run.read_text().startswith(MARK[:24]):
                said, text = "and beside it", "\n# ".join([MARK, *notes])
                run.write_text(f"{text}\nrecord = {json.dumps(self.path.name)}\n")
            notes.insert(0, f"{self.t - 1} iterations in {self.path}, {said} {run.name}")
        except Exception as error:
            notes.append(f"{self.path} could not be written: {error}")
        print(*(f"gradstep: {note}" for note in notes), sep="\n", file=sys.stderr)
