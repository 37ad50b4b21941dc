"""--export-torch and --export hand a run to other programs."""

from tests.tui.command.test_grade import ran


def test_export_torch_prints_a_script(capsys):
    status, script, error = ran(capsys, "xor", "--export-torch", "--iterations", "3")
    assert (status, error) == (0, "")
    assert "for t in range(1, 4):" in script
    compile(script, "script", "exec")


def test_export_torch_takes_another_optimizer(capsys):
    _, script, _ = ran(capsys, "--export-torch", "--optimizer", "adam")
    assert "torch.optim.Adam(parameters, lr=0.1)" in script
    status, _, error = ran(capsys, "--export-torch", "--optimizer", "adamm")
    assert status == 2
    assert "adam" in error
