import subprocess
import sys

from gis_core.operations.environment import ROOT


def test_without_a_command_the_usage_is_shown():
    said = subprocess.run([ROOT / "arpent"], capture_output=True, text=True, check=True).stdout
    assert "./arpent COMMANDE" in said


def test_an_unknown_command_is_named():
    result = subprocess.run([ROOT / "arpent", "dance"], capture_output=True, text=True, check=False)
    assert (result.returncode, "Commande inconnue : dance" in result.stderr) == (2, True)


def test_a_mistaken_option_is_one_sentence():
    command = [sys.executable, "-m", "gis_core.operations", "demo", "--port", "a"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)


def test_operations_load_nothing_of_django():
    program = "import gis_core.operations.__main__, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
