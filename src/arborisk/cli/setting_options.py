"""Options that stand for settings: type, default and help come from the fields of the settings.

A setting is defined once, where its model is: its name, type, default, and a docstring whose first
sentence is the help of its option. Here stands only which settings have an option of their own, and
what it is called; all others are reached by ``--set KEY=VALUE`` or a settings file. The settings
are loaded when a command that takes them is called, not for ``arborisk --help``.
"""

from __future__ import annotations

import contextlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import typer

from arborisk.cli.places import PlacesFirst

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

GIVEN: Final = "arborisk.settings"
SPLITTING: Final = "Splitting"
STARTING: Final = "What is trained, and from where"
CLASS_WEIGHTS: Final = "class_weights"
"""The one option for two settings: of the head, or of the training of a network."""


@dataclass(frozen=True, slots=True)
class SettingOption:
    """A setting that has an option of its own.

    Attributes:
        key: Key of the setting, with dots.
        panel: Heading under which the help shows it.
        default: What stands for the default where it depends on the model; "" for the field's own.
        hidden: Whether the help leaves it out: ``--set`` reaches it as well.
        name: What it is called, where that is not the last word of the key.
    """

    key: str
    panel: str = ""
    default: str = ""
    hidden: bool = False
    name: str = ""

    @property
    def parameter(self) -> str:
        """Its name as a parameter."""
        return self.name or self.key.rpartition(".")[2]

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return "--" + self.parameter.replace("_", "-")


OWN: Final = "the model's own"
COMMON: Final = (
    SettingOption("scheme"),
    SettingOption("model"),
    SettingOption("weights", STARTING, "imagenet where installed"),
    SettingOption("regime", STARTING, "frozen, or all from scratch"),
    SettingOption("preprocess.size_px", default=OWN, name="size"),
    SettingOption("preprocess.channels", default=OWN),
    SettingOption("seed"),
    SettingOption("split.by", SPLITTING),
)
TRAIN: Final = (
    *COMMON,
    SettingOption("output", STARTING),
    SettingOption("labels", STARTING),
    SettingOption("augmentation", STARTING, "none"),
    SettingOption("test_views", STARTING),
    SettingOption("answer", STARTING, "the one that is measured"),
    SettingOption(CLASS_WEIGHTS, STARTING, OWN),
    SettingOption("preprocess.crop"),
    SettingOption("preprocess.exact"),
    SettingOption("refit"),
    SettingOption("split.folds", SPLITTING),
    SettingOption("split.test_share", SPLITTING),
    SettingOption("split.file", SPLITTING, "none", name="split"),
    SettingOption("split.protocol", SPLITTING),
    *(
        SettingOption(f"training.{name}", hidden=True)
        for name in (
            *("epochs", "batch_size", "optimiser", "learning_rate", "schedule", "loss"),
            *("sampling", "label_smoothing", "patience"),
        )
    ),
    SettingOption("model1.kernel_sizes", hidden=True, name="kernels"),
    *(
        SettingOption(f"model1.{name}", hidden=True)
        for name in ("feature_maps", "strides", "pooling", "dense", "activation", "dropout")
    ),
)
OPTIONS_OF: Final = {"train": TRAIN, "tune": COMMON}
"""Command to the settings that have an option of their own there."""


class SettingsCommand(PlacesFirst):
    """A command that takes settings beside its own parameters."""

    _params: list[Any]
    _has_settings: bool

    @property
    def params(self) -> list[Any]:
        """Its own parameters, then those of its settings, which are made when first asked for."""
        if not self._has_settings:
            self._has_settings = True
            # The base install has no settings; the command itself says what it lacks.
            with contextlib.suppress(ImportError):
                self._params += _parameters(OPTIONS_OF[str(self.name)])
        return self._params

    @params.setter
    def params(self, own: list[Any]) -> None:
        self._params = own
        self._has_settings = False

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own, which Typer has in two places
        """Runs the command; what its settings were given waits in `settings_given`."""
        names = {option.parameter for option in OPTIONS_OF[str(self.name)]}
        given = {name: ctx.params.pop(name) for name in names & set(ctx.params)}
        ctx.meta[GIVEN] = given
        return super().invoke(ctx)


def settings_given(ctx: typer.Context) -> dict[str, Any]:
    """What the options of settings were given, by parameter; None where nothing was."""
    given: dict[str, Any] = ctx.meta.get(GIVEN, {})
    return given


def field_of(key: str) -> FieldInfo:
    """The field that a key of the settings names."""
    from arborisk.studies.settings import RunSettings
    from arborisk.training.settings import HeadSettings

    if key == CLASS_WEIGHTS:
        return HeadSettings.model_fields[CLASS_WEIGHTS]
    *rooms, last = key.split(".")
    model: Any = RunSettings
    for room in rooms:
        model = model.model_fields[room].annotation
    field: FieldInfo = model.model_fields[last]
    return field


def help_of(field: FieldInfo) -> str:
    """The first sentence of what a field's docstring says."""
    text = " ".join((field.description or "").replace("``", "").split())
    sentence, stop, _ = text.partition(". ")
    sentence = sentence + "." if stop else text
    choices = [str(one) for one in get_args(field.annotation) if isinstance(one, str | int) and one]
    if any(choice not in sentence for choice in choices):
        sentence = f"{sentence.removesuffix('.')}: {', '.join(choices)}."
    return sentence


def default_of(option: SettingOption) -> str:
    """What is said of the default."""
    if option.default:
        return option.default
    default = field_of(option.key).get_default(call_default_factory=True)
    if isinstance(default, bool):
        return "yes" if default else "no"
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _kind(field: FieldInfo) -> type:
    """What is typed for a field: a number, a flag, or text that the settings judge."""
    if field.annotation == float | None:
        return float
    choices = get_args(field.annotation)
    if choices and all(isinstance(choice, int) for choice in choices):
        return int
    kinds: dict[object, type] = {int: int, float: float, bool: bool}
    return kinds.get(field.annotation, str)


def _parameters(options: tuple[SettingOption, ...]) -> list[Any]:
    """Parameters as Typer makes them of a function with these options."""

    def holder(**_: object) -> None:
        """Never called: only its parameters are wanted."""

    hints: dict[str, Any] = {}
    for option in options:
        field = field_of(option.key)
        kind = _kind(field)
        declared = [option.option] if kind is bool else []
        hints[option.parameter] = Annotated[
            kind | None,
            typer.Option(
                *declared,
                help=help_of(field),
                show_default=default_of(option),
                rich_help_panel=option.panel or None,
                hidden=option.hidden,
            ),
        ]
    holder.__annotations__ = hints
    holder.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in hints.items()
        ]
    )
    app = typer.Typer(add_completion=False)
    app.command()(holder)
    return [one for one in typer.main.get_command(app).params if one.name in hints]
