"""Ingests, asks and serves with everything that leaves the machine forbidden and noted; run as a program of its own.

`python offline_run.py FOLDER [--leak]`: FOLDER holds documents and gets the home. Prints one JSON object: what Python
code tried (`attempts`: connections and look-ups beyond loopback, in any process), how many packets the kernel could not
route (`unroutable`: those of native code too; null outside a network namespace of its own), and what the commands
said. `--leak` tries to leave instead, to show that it would be noticed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

WATCH = """
import os, sys

def watch(event, arguments):
    if event == "socket.connect":
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event == "socket.sendto":
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if isinstance(host, str) and host and not host.startswith(("127.", "::1", "localhost")):
        log = os.open(os.environ["OFFLINE_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(log, f"{event} {host} by {sys.argv}\\n".encode())
        os.close(log)
        raise ConnectionRefusedError(f"offline: {event} {host}")

sys.addaudithook(watch)
"""
"""Put into every Python process as its sitecustomize."""

LEAK = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.1", 80), 1)
with contextlib.suppress(OSError):
    socket.getaddrinfo("example.org", 80)
"""
NATIVE_LEAK = "exec 3<>/dev/tcp/192.0.2.1/80"
"""bash opens a connection: code that no audit hook of Python sees."""

LIBRARIES = """
from assistant import quiet
quiet.silence()
import chromadb, gradio, guardrails, langchain_core.runnables, langchain_openai, llama_index.core, pypdf
"""
QUESTION = "How often is the oil filter of the pump changed?"


def main(folder: Path, *, leak: bool) -> None:
    isolated = _loopback_up()
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH)
    log = folder / "attempts.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "COV"))},
        "PLUMBLINE_HOME": str(folder / "home"),
        "PYTHONPATH": str(folder / "watch"),
        "OFFLINE_LOG": str(log),
    }
    before = _unroutable()
    if leak:
        subprocess.run([sys.executable, "-c", LEAK], env=environment, check=True)
        native = subprocess.run(["bash", "-c", NATIVE_LEAK], check=False, capture_output=True) if isolated else None
        said: dict[str, Any] = {"native": native and native.returncode}
    else:
        said = _work(folder, environment)
    after = _unroutable()
    report = {
        **said,
        "attempts": log.read_text().splitlines() if log.exists() else [],
        "unroutable": after - before if isolated else None,
    }
    sys.stdout.write(json.dumps(report) + "\n")


def _work(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    def plumbline(*arguments: str, **settings: str) -> Any:
        done = subprocess.run(
            [*PLUMBLINE, *arguments, "--json"],
            env={**environment, **settings},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return json.loads(done.stdout)

    subprocess.run([sys.executable, "-c", LIBRARIES], env=environment, check=True)
    ingested = plumbline("ingest", str(folder / "docs"), "--domain", "engineering", "--validated-by", "Ada")
    small = {"PLUMBLINE_MODEL": "small", "PLUMBLINE_LLM_TOKENS": "16", "PLUMBLINE_LLM_TIMEOUT_S": "10"}
    asked = plumbline("ask", QUESTION, **small)
    return {"added": ingested["added"], "asked": asked["status"], "served": _serve(environment)}


def _serve(environment: dict[str, str]) -> str:
    serving = subprocess.Popen(
        [*PLUMBLINE, "serve", "--port", "0", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert serving.stdout
    try:
        url = json.loads(serving.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/", timeout=60) as page:
            page.read()
        request = urllib.request.Request(
            f"{url}/api/ask",
            data=json.dumps({"question": QUESTION}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            status: str = json.load(response)["status"]
        return status
    finally:
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(60) == 0


PLUMBLINE = [sys.executable, "-c", "from assistant.cli import main; main()"]


def _loopback_up() -> bool:
    """Switches loopback on in a network namespace that has nothing else; False where there is more."""
    import fcntl
    import socket
    import struct

    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        up_and_running, set_flags = 0x41, 0x8914
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", up_and_running))
    return True


def _unroutable() -> int:
    """Packets for which the kernel found no way, both versions of IP."""
    names, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    four = int(values[names.index("OutNoRoutes")])
    six = [line.split() for line in Path("/proc/net/snmp6").read_text().splitlines()] if _six() else []
    return four + sum(int(value) for name, value in six if name == "Ip6OutNoRoutes")


def _six() -> bool:
    return Path("/proc/net/snmp6").exists()


if __name__ == "__main__":
    main(Path(sys.argv[1]), leak="--leak" in sys.argv)
