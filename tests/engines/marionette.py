"""Firefox of Debian, which has no geckodriver: its own protocol (Marionette), spoken to by Selenium's commands.

geckodriver does this translation too. The protocol: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
(version 3: the length, a colon, then `[0, number, command, parameters]`; answers are `[1, number, error, result]`).
"""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

# Selenium's name of a command, Marionette's.
COMMANDS = {
    "newSession": "NewSession",
    "quit": "DeleteSession",
    "get": "Navigate",
    "refresh": "Refresh",
    "goBack": "Back",
    "getCurrentUrl": "GetCurrentURL",
    "getTitle": "GetTitle",
    "deleteAllCookies": "DeleteAllCookies",
    "findElement": "FindElement",
    "findElements": "FindElements",
    "clickElement": "ElementClick",
    "clearElement": "ElementClear",
    "sendKeysToElement": "ElementSendKeys",
    "getElementText": "GetElementText",
    "getElementAttribute": "GetElementAttribute",
    "getElementProperty": "GetElementProperty",
    "getElementRect": "GetElementRect",
    "isElementEnabled": "IsElementEnabled",
    "isElementSelected": "IsElementSelected",
    "w3cExecuteScript": "ExecuteScript",
    "w3cExecuteScriptAsync": "ExecuteAsyncScript",
    "w3cGetActiveElement": "GetActiveElement",
    "screenshot": "TakeScreenshot",
    "setWindowRect": "SetWindowRect",
    "getWindowRect": "GetWindowRect",
    "setTimeouts": "SetTimeouts",
    "actions": "PerformActions",
    "clearActionState": "ReleaseActions",
}
START_S = 60
ANSWER_S = 120
PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("intl.accept_languages", "fr-FR, fr");
user_pref("ui.prefersReducedMotion", 1);
user_pref("signon.rememberSignons", false);
"""


class Marionette:
    """What Selenium calls a connection: it executes a command. Firefox is started with it and ended by `close`."""

    def __init__(self, program: str, folder: Path) -> None:
        profile = folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(PREFERENCES)
        environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANGUAGE": "fr"}
        command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
        with (folder / "firefox.log").open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.socket = socket.create_connection(("127.0.0.1", self.find_port(profile)), ANSWER_S)
        self.stream = self.socket.makefile("rb")
        self.receive()  # what Firefox says of itself
        self.count = 0

    def find_port(self, profile: Path) -> int:
        """The port, which Firefox writes down once it listens."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            found = profile / "MarionetteActivePort"
            if found.exists() and found.read_text().strip():
                return int(found.read_text())
            time.sleep(0.1)
        self.process.kill()
        raise AssertionError("Firefox does not listen: see firefox.log")

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer as Selenium expects it of a driver."""
        given = {name: value for name, value in params.items() if name != "sessionId"}
        if command == "newSession":
            given = dict(given["capabilities"])
        if command == "screenshot":
            given["full"] = False
        self.count += 1
        text = json.dumps([0, self.count, f"WebDriver:{COMMANDS[command]}", given]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _kind, _number, error, result = self.receive()
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        if isinstance(result, dict) and set(result) == {"value"}:
            return result
        return {"value": result}

    def receive(self) -> Any:
        """The next message."""
        length = b""
        while (one := self.stream.read(1)) != b":":
            assert one, "Firefox has ended"
            length += one
        return json.loads(self.stream.read(int(length)))

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
