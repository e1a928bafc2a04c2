"""WeRoBot as its documentation deploys it: `robot.run()`, which takes waitress if there is one.

Only its sessions are switched off, as the documentation allows. By default they are in SQLite,
over one connection that waitress's threads share: under load some pushes are answered with
nothing, others never, and the rest wait for the disk.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.benchmarks.account import AES_KEY, APP_ID, FEW_KEYS, TOKEN, answers
from tests.benchmarks.servers import arguments

# Imported by name: WeRoBot has no type hints, and need not be where the types are checked.
werobot: Any = import_module("werobot")


def _register(robot: Any, key: str, answer: str) -> None:
    @robot.key_click(key)  # type: ignore[untyped-decorator]
    def handle(message: object) -> str:
        return answer


def main() -> None:
    options = arguments().parse_args()
    robot = werobot.WeRoBot(token=TOKEN, app_id=APP_ID, encoding_aes_key=AES_KEY)
    robot.config["SESSION_STORAGE"] = False
    for key, answer in answers(FEW_KEYS).items():
        _register(robot, key, answer)
    robot.run(server="auto", host="127.0.0.1", port=options.port)


if __name__ == "__main__":
    main()
