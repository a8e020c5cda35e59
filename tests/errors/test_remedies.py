"""Every command, option, extra and key that a remedy names is there, and is held as data."""

import pickle
import shlex
import tomllib
from pathlib import Path

import pytest
import typer
from steps_in_source import modules, plain_steps, remedies_of, steps_made

from arborisk.cli.app import app
from arborisk.errors import Remedy, command, extra, option

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
ROOT = typer.main.get_command(app)


def command_named(words):
    """The command at the end of some words, and the words that are left."""
    found = ROOT
    while words and hasattr(found, "commands"):
        assert words[0] in found.commands, f"no command {words[0]!r}"
        found, words = found.commands[words[0]], words[1:]
    assert found is not ROOT
    return found, words


def all_commands(one=ROOT):
    for below in getattr(one, "commands", {}).values():
        yield from all_commands(below)
    if not hasattr(one, "commands"):
        yield one


def options_of(one):
    return {name: found for found in one.params for name in (*found.opts, *found.secondary_opts)}


def resolve_command(line):
    """Each word is a command, an argument or an option that is there."""
    found, words = command_named(shlex.split(line))
    known = options_of(found)
    n_arguments = 0
    while words:
        word, *words = words
        if word.startswith("-"):
            assert word in known, f"{line}: no option {word}"
            if words and not words[0].startswith("-") and not known[word].is_flag:
                words = words[1:]
        else:
            n_arguments += 1
    takes = [one for one in found.params if one.param_type_name == "argument"]
    assert n_arguments <= len(takes) or any(one.nargs == -1 for one in takes), f"{line}: too many"


def resolve_option(text, *commands):
    """The option is there, in each command named or else in any, and takes the example."""
    name, _, value = text.partition(" ")
    if commands:
        homes = [command_named(one.split())[0] for one in commands]
    else:
        homes = [
            one
            for one in all_commands()
            if name in options_of(one) and bool(value) <= (not options_of(one)[name].is_flag)
        ]
        assert homes, f"no command has {text}"
    for home in homes:
        known = options_of(home)
        assert name in known, f"{home.name} has no {name}"
        assert bool(value) <= (not known[name].is_flag), f"{name} takes no value"
        if value and not value.isupper() and "X" not in value:
            (value,) = shlex.split(value)
            context = home.context_class(home)
            known[name].process_value(context, [value] if known[name].multiple else value)


def resolve_extra(name):
    """The extra is in pyproject.toml."""
    extras = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert name in extras["optional-dependencies"]


def resolve_key(name, file="settings"):
    """The key is in a file of that kind."""
    from arborisk.dataset.storage import MANIFEST_KEYS
    from arborisk.risk.rating import forms
    from arborisk.studies.experiment.grid import grid_keys
    from arborisk.studies.settings import known_keys

    kinds = {
        "settings": known_keys(),
        "grid": grid_keys(),
        "form": [
            key for name in vars(forms) if name.endswith("_KEYS") for key in getattr(forms, name)
        ],
        "scheme": ("name", "ordered", "classes", "title", "members"),
        "dataset": MANIFEST_KEYS,
    }
    assert name in kinds[file], f"no key {name} in a {file}"


RESOLVE = {
    "command": resolve_command,
    "option": resolve_option,
    "extra": resolve_extra,
    "key": resolve_key,
}


def test_every_step_in_the_source_is_there(source_trees):
    wrong = []
    for made in steps_made(source_trees):
        if made.texts[0] == "X":  # a helper's own argument; its callers' are looked at
            continue
        try:
            RESOLVE[made.maker](*made.texts)
        except (AssertionError, typer._click.exceptions.BadParameter) as error:
            wrong.append(f"{made.where} {made.texts}: {error}")
    assert not wrong


def test_no_remedy_names_a_step_as_plain_text(source_trees):
    """Use `command`, `option`, `extra` or `key` of `arborisk.errors`."""
    assert plain_steps(source_trees) == []


def test_no_remedy_leaves_open_what_to_do(source_trees):
    places = (
        (name, getattr(place, "value", ""))
        for name, tree in modules(source_trees)
        for place in remedies_of(tree)
    )
    vague = {"Correct it.", "Mend it.", "Change it.", "Choose one.", "Use one."}
    assert [(name, text) for name, text in places if text in vague] == []


@pytest.mark.parametrize(
    ("maker", "texts"),
    [
        ("command", ("dataset improt PHOTOS",)),
        ("command", ("dataset import PHOTOS --outt X",)),
        ("command", ("models A B C",)),
        ("option", ("--no-such",)),
        ("option", ("--refit", "compare")),
        ("option", ("--folds many", "train")),
        ("extra", ("georgia",)),
        ("key", ("training.patients",)),
    ],
)
def test_what_is_not_there_is_noticed(maker, texts):
    with pytest.raises((AssertionError, typer._click.exceptions.BadParameter)):
        RESOLVE[maker](*texts)


def test_a_remedy_reads_as_text_and_remembers_its_steps():
    steps = command("info weights"), option("--weights NAME", "train"), extra("geo")
    remedy = Remedy("See {}, choose with {}; {}.", *steps)
    assert remedy == (
        "See `arborisk info weights`, choose with --weights NAME; "
        "pip install '.[geo]' -c constraints.txt."
    )
    assert remedy.steps == steps
    again = pickle.loads(pickle.dumps(remedy))
    assert again == remedy and again.steps == steps
