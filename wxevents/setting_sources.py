"""Where settings come from: the only reader of the environment, `.env` and `wxevents.toml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from wxevents.errors import SettingsError

PREFIX: Final = "WXEVENTS_"
TOML_FILE: Final = "wxevents.toml"
DOTENV_FILE: Final = ".env"


class Sources:
    """What stands in a folder, in variables and in options under the `names` of settings.

    A file that cannot be read raises SettingsError; where `faults` is given, the sentence is put
    there instead, under the name of the file or of the setting, and the rest is read all the same.
    """

    def __init__(
        self, names: Collection[str], directory: Path, faults: dict[str, str] | None
    ) -> None:
        self._names = names
        self._directory = directory
        self._faults = faults

    def gather(
        self, environ: Mapping[str, str], options: Mapping[str, object]
    ) -> tuple[dict[str, object], dict[str, str]]:
        """Every setting that some source has, and the name of that source."""
        values: dict[str, object] = {}
        origins: dict[str, str] = {}
        for origin, source in self._all(environ, options):
            for name, value in self._with_files(origin, source).items():
                if name not in values:
                    values[name], origins[name] = value, origin
        return values, origins

    def _all(
        self, environ: Mapping[str, str], options: Mapping[str, object]
    ) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Name and content of every source, the strongest first."""
        # Of the commands only: `import wxevents` need not pay for them.
        import tomllib

        from dotenv import dotenv_values

        yield "the options", {name: value for name, value in options.items() if value is not None}
        yield "the environment", self._from_variables(environ)
        dotenv = self._directory / DOTENV_FILE
        if dotenv.is_file():
            try:
                variables = dotenv_values(dotenv, encoding="utf-8-sig", interpolate=False)
            except UnicodeDecodeError as error:
                self._found(str(dotenv), f"{dotenv} is not UTF-8 text: {error}; save it so")
            else:
                yield str(dotenv), self._from_variables(variables)
        toml = self._directory / TOML_FILE
        if toml.is_file():
            try:
                yield str(toml), tomllib.loads(toml.read_text("utf-8-sig"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                self._found(str(toml), f"{toml} is not valid TOML: {error}")

    def _from_variables(self, variables: Mapping[str, str | None]) -> dict[str, object]:
        # Other variables with our prefix belong to other programs or versions; they are passed
        # over.
        known = {PREFIX + name.upper(): name for name in self._names}
        known |= {f"{variable}_FILE": f"{name}_file" for variable, name in known.items()}
        return {
            known[name]: value
            for name, value in variables.items()
            if name in known and value is not None
        }

    def _with_files(self, origin: str, source: Mapping[str, object]) -> dict[str, object]:
        """`source` with every `name_file` replaced by `name` and what that file holds."""
        values = dict(source)
        for name in self._names:
            file = values.pop(f"{name}_file", None)
            if file is None or file == "":
                continue  # compose files and the like give empty ones
            variable = PREFIX + name.upper()
            if name in values:
                sentence = (
                    f"{variable} and {variable}_FILE are both set in {origin}; remove one of them"
                )
                self._found(name, sentence)
                continue
            try:
                values[name] = (self._directory / str(file)).read_text("utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                self._found(name, f"{variable}_FILE (from {origin}): {file}: {reason}")
        return values

    def _found(self, name: str, sentence: str) -> None:
        if self._faults is None:
            raise SettingsError(sentence)
        self._faults[name] = sentence
