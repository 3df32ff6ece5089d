"""A Hub of the tests' own on the loopback address: repositories in memory, and their faults.

Speaks as much of the Hub's protocol as reading by commit and publishing need.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cidadao_models.models.core.weights import EMBEDDED

Files = dict[str, bytes]


def commit_of(files: Mapping[str, bytes]) -> str:
    """A commit's name for this content."""
    text = "".join(f"{name}{hashlib.sha1(files[name]).hexdigest()}" for name in sorted(files))
    return hashlib.sha1(text.encode()).hexdigest()


def a_set(files: Mapping[str, bytes] | None = None, **changes: Any) -> Files:
    """The embedded set with other `files` (b"" removes one) and other keys of the manifest."""
    manifest = json.loads((EMBEDDED / "manifest.json").read_text("utf-8"))
    found = {e["path"]: (EMBEDDED / e["path"]).read_bytes() for e in manifest["files"]}
    found |= files or {}
    found = {path: content for path, content in found.items() if content}
    manifest["files"] = [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in found.items()
    ]
    manifest |= {"revision": "f" * 40, "created": "2999-01-01"} | changes
    return found | {"manifest.json": json.dumps(manifest).encode()}


@dataclass
class Repository:
    """Commits by name; `faults` says what goes wrong with a file (with "", the commit's name)."""

    commits: dict[str, Files] = field(default_factory=dict)
    head: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def add(self, files: Files) -> str:
        self.head = commit_of(files)
        self.commits[self.head] = dict(files)
        return self.head


class Hub:
    """Repositories by name, every request seen, and large files on their way to a commit."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.requests: list[str] = []
        self.tokens: set[str] = set()
        self.large: dict[str, bytes] = {}
        self.gate = threading.Event()
        self.url = ""

    def repository(self, name: str, files: Files | None = None, **faults: str) -> Repository:
        found = self.repositories[name] = Repository()
        found.faults = {path.replace("__", "."): fault for path, fault in faults.items()}
        if files is not None:
            found.add(files)
        return found

    def seen(self, name: str) -> list[str]:
        """The requests made about one repository."""
        return [request for request in self.requests if f"/{name}/" in request]


@contextmanager
def running() -> Iterator[Hub]:
    """A Hub answering at its `url` until the end of the block."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.gate.set()
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request to the Hub."""

    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.hub.requests.append(f"GET {path}")
        self.hub.tokens.add(self.headers.get("Authorization", ""))
        if found := re.fullmatch(r"/api/models/(.+?)/revision/(.+)", path):
            self._info(*found.groups())
        elif found := re.fullmatch(r"/(.+?)/resolve/([0-9a-f]{40})/(.+)", path):
            self._file(*found.groups())
        else:
            self._refuse("EntryNotFound")

    def do_POST(self) -> None:
        path = self.path.split("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.hub.requests.append(f"POST {path}")
        self.hub.tokens.add(self.headers.get("Authorization", ""))
        if path == "/api/repos/create":
            self._create(json.loads(body))
        elif path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif re.fullmatch(r"/api/models/(.+?)/preupload/(.+)", path):
            self._modes(json.loads(body))
        elif re.fullmatch(r"/(.+?)\.git/info/lfs/objects/batch", path):
            self._batch(json.loads(body))
        elif found := re.fullmatch(r"/api/models/(.+?)/branch/(.+)", path):
            self.hub.repositories[found[1]].branches[found[2]] = ""
            self._json({})
        elif found := re.fullmatch(r"/api/models/(.+?)/commit/(.+)", path):
            self._commit(found[1], found[2], body)
        else:
            self._refuse("EntryNotFound")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.hub.large[self.path.rsplit("/", 1)[1]] = body
        self._answer(200, b"")

    def _info(self, name: str, revision: str) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None:
            return self._refuse("RepoNotFound")
        fault = repository.faults.get("", "")
        if fault == "500":
            return self._answer(500, b"")
        if fault == "silent":
            self.hub.gate.wait(120)
            return None
        if fault == "html":
            return self._answer(200, b"<html>portal</html>")
        commit = repository.head if revision == "main" else revision
        if commit not in repository.commits:
            return self._refuse("RevisionNotFound")
        files = [{"rfilename": path} for path in repository.commits[commit]]
        return self._json({"id": name, "sha": commit, "siblings": files, "private": False})

    def _file(self, name: str, commit: str, path: str) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None:
            return self._refuse("RepoNotFound")
        if commit not in repository.commits:
            return self._refuse("RevisionNotFound")
        content = repository.commits[commit].get(path)
        fault = repository.faults.get(path, "")
        if content is None or fault == "missing":
            return self._refuse("EntryNotFound")
        return self._content(content, fault)

    def _content(self, content: bytes, fault: str) -> None:
        if fault == "500":
            return self._answer(500, b"")
        if fault == "once" and self.hub.requests.count(self.hub.requests[-1]) == 1:
            return self._answer(503, b"")
        if fault == "corrupt":
            half = len(content) // 2
            content = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        if fault == "larger":
            content += b"x"
        if fault == "gated":
            self.hub.gate.wait(120)
        sent = content[: len(content) // 2] if fault == "truncated" else content
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault == "slow":
            for at in range(0, len(sent), 100):
                self.wfile.write(sent[at : at + 100])
                time.sleep(0.5)
        else:
            self.wfile.write(sent)
        self.close_connection = fault == "truncated"
        return None

    def _create(self, asked: dict[str, Any]) -> None:
        name = "/".join(part for part in (asked.get("organization"), asked["name"]) if part)
        if name in self.hub.repositories:
            return self._answer(409, b'{"error": "exists"}')
        self.hub.repository(name)
        return self._json({"url": f"{self.hub.url}/{name}", "name": name})

    def _modes(self, asked: dict[str, Any]) -> None:
        """As the Hub does: text in the commit itself, binary files apart."""
        modes = [
            {
                "path": one["path"],
                "uploadMode": "regular" if one["path"].endswith((".json", ".md")) else "lfs",
                "shouldIgnore": False,
            }
            for one in asked["files"]
        ]
        self._json({"files": modes})

    def _batch(self, asked: dict[str, Any]) -> None:
        objects = [
            one | {"actions": {"upload": {"href": f"{self.hub.url}/large/{one['oid']}"}}}
            for one in asked["objects"]
        ]
        self._json({"transfer": "basic", "objects": objects})

    def _commit(self, name: str, branch: str, body: bytes) -> None:
        files: Files = {}
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = self.hub.large[value["oid"]]
        repository = self.hub.repositories[name]
        commit = repository.add(files)
        repository.branches[branch] = commit
        url = f"{self.hub.url}/{name}/commit/{commit}"
        self._json({"success": True, "commitUrl": url, "commitOid": commit})

    def _json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode())

    def _refuse(self, code: str) -> None:
        self._answer(404, b'{"error": "not found"}', {"X-Error-Code": code})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def write(files: Files, folder: Path) -> Path:
    """The files below `folder`, which is made."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder
