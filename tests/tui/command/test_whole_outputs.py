"""What commands print, as a whole: `pytest tests/tui/command --snapshot-update` writes it down
anew; look at what differs.
"""

from pathlib import Path

import pytest

from tests.tui.command.test_grade import ran

SHEETS = {
    "slips.txt": """x = 1.0, 2.5
iteration 1
z1 = 0.5, 1.1
a1 = 0.4612, 0.8005
z2 = 0.7114, 0.9639
yhat = 0.4372; 0.5628
L = 8.274
delta2 = (0.5628, -0.5628)
dW2 = [[-0.2601 -0.4505], [0.2601 0.4505]]
new W2 = 0.4740 0.5549 0.7260 0.8451
iteration 2
b2 = 0.0563, -0.0563
z1 = 0.4470, 1.0757
a1 = 7, 8
q = 3
""",
    "right.txt": "z1 = 0.5, 1.1\na1 = 0.4621, 0.8005\n",
    "few.txt": "z1 = 0.5, 1\na1 = 0.46, 0.76\nz2 = 1\nloss = 1\n",
    "unplaced.txt": "z1 = 0.5, 1.1\n" + "".join(f"q{i} = 0.{i}\n" for i in range(10, 32)),
    "-strange.txt": "z1 = 0.5, 1.2\na1 = 0.4621, 0.8337\nz2 = 0.7312, 0.9904\n",
    "scheme.toml": "[names]\nq = 'W2'\n[points]\nfigure = 2\nslip = 0.25\nloss = 3\nx = 4\n",
    "none.txt": "nothing at all",
}
COMMANDS = """
--grade slips.txt
--grade slips.txt --ascii --digits 6 --scheme scheme.toml
--grade slips.txt --json --scheme scheme.toml
--grade few.txt
--grade unplaced.txt
--grade ./-strange.txt right.txt none.txt
--grade ./-strange.txt slips.txt right.txt none.txt --csv --scheme scheme.toml
--grade right.txt none.txt --json
--grade right.txt none.txt --csv
--mistakes
exercise:#3 --worksheet --iterations 2 --steps z1,W1
exercise:relu,mse,n1,#4 --worksheet --steps loss,backward --no-formulas --format markdown
exercise:adam,#5 --worksheet --steps update --format latex
exercise:adam,n1,1-2-2,#5 --solution --format latex --digits 3
worked-example --solution --format markdown --steps forward,loss
xor --solution --steps z1,dW1
--why --goto 1.6
--why old or new --goto 1.9
--why momentum
spirals --why epoch --goto 8.1 --ascii
--from W2[1,1] --goto 2.17
--from dW1[2,2] --goto 1.17 --depth 5 --digits 6
--from W1[1,2] --goto 2.17 --json
diverging-clipped --from W1 --goto 2.W1 --depth 4
xor --from loss --goto 1.loss --depth 1
--export-torch
adam-decay --export-torch --iterations 3
xor --plain --goto 2.loss
adam-decay --plain --goto 2.W1 --ascii
""".strip().split("\n")


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sheets")
    for name, text in SHEETS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_this(command, capsys, monkeypatch, sheets, snapshot):
    monkeypatch.chdir(sheets)
    words = command.split()
    if words[0] == "--why" and "old" in words:
        words[1:4] = ["old or new"]
    status, out, err = ran(capsys, *words)
    assert f"{out}{err}status {status}" == snapshot
