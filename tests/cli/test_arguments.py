from pathlib import Path

import pytest

import skdigits
from skdigits._cli.arguments import build_parser


def parse(*argv):
    return build_parser().parse_args(argv)


def test_help_imports_nothing_heavy(run_python):
    script = (
        "import sys\n"
        "from skdigits._cli.arguments import build_parser\n"
        "build_parser().format_help()\n"
        "heavy = 'numpy', 'scipy', 'sklearn', 'rich', 'matplotlib', 'keras', 'skops'\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert run_python(script).stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [(), ("train",), ("tune",), ("evaluate",), ("predict",), ("read",), ("draw",)],
)
def test_help_explains_each_command(command, capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        parse(*command, "--help")
    out, err = capsys.readouterr()
    assert out.startswith(f"usage: {' '.join(('skdigits', *command))} ")
    assert err == ""


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit, match=r"^0$"):
        parse("--version")
    assert capsys.readouterr().out == f"skdigits {skdigits.__version__}\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ((), "arguments are required: COMMAND. See `skdigits --help`."),
        (("trian",), "invalid choice: 'trian' (choose from "),
        (
            ("train", "--recipe", "besst"),
            "--recipe: invalid choice: 'besst' (choose from",
        ),
        (
            ("train", "--epochs", "0"),
            "--epochs: must be a whole number of at least 1; got",
        ),
        (
            ("train", "--epochs", "ten"),
            "whole number of at least 1; got 'ten'. See `skd",
        ),
        (
            ("train", "--seed", "-1"),
            "--seed: must be a whole number 0 to 4294967295; got",
        ),
        (("train", "--seed", str(2**32)), "0 to 4294967295; got '4294967296'"),
        (("train", "--out", "x"), "unrecognized arguments: --out x. See `skdigits"),
        (
            ("predict", "--model", "m.skops"),
            "arguments are required: IMAGE. See `skdigits predict",
        ),
        (
            ("predict", "i", "--format", "xml"),
            "--format: invalid choice: 'xml' (cho",
        ),
        (
            ("predict", "i", "--top", "0"),
            "--top: must be a whole number of at least",
        ),
        (
            ("train", "--from-pretrained", "--recipe", "fast"),
            "--recipe: not allowed with argument --from-pretrained",
        ),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(argv, sentence, capsys):
    with pytest.raises(SystemExit, match=r"^2$"):
        parse(*argv)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("skdigits: error: ")
    assert sentence in err
    assert err.count("\n") == 1


def test_default_output_is_in_the_folder_models():
    args = parse("train")
    assert args.output == Path("models", "digits.skops")
    assert (args.data, args.recipe, args.seed) == ("digits", "default", 0)
    assert args.epochs is None


def test_types_to_trust_are_collected():
    argv = ("evaluate", "--trust", "a.b", "--trust", "c.d")
    assert parse(*argv).trust == ["a.b", "c.d"]
    assert parse("predict", "x.png").trust == []


def test_home_folder_is_expanded_where_the_shell_does_not(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    args = parse("train", "--output=~/m.skops", "--plots=~/plots")
    assert args.output == Path("/home/ada/m.skops")
    assert args.plots == Path("/home/ada/plots")
