"""How soon does each page of the built book stand there, and for whom? Lighthouse's figures.

    npm install --prefix build/lighthouse lighthouse@13.5.0
    python benchmarks/lighthouse.py build/lighthouse/node_modules/.bin/lighthouse [FOLDER [PAGE ...]]

Needs Node, Chromium and a built book: `_build/html`, or FOLDER. Files are sent compressed, as any
host sends them. On a busy machine, put `chrt -r 2` in front: what waits for a core counts as slow.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OPTIONS = ("--preset=desktop", "--only-categories=performance,accessibility", "--output=json",
           "--quiet", "--chrome-flags=--headless=new --no-sandbox --disable-gpu")  # fmt: skip
FIGURES = ("largest-contentful-paint", "cumulative-layout-shift", "total-byte-weight")


class Host(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        data = gzip.compress(path.read_bytes()) if path.is_file() else b""
        self.send_response(200 if data else 404)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def main(lighthouse: str, folder: str = "_build/html", *pages: str):
    env = {"CHROME_PATH": shutil.which("chromium") or "", **os.environ}
    found = sorted(path.relative_to(folder) for path in Path(folder).rglob("*.html"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'page':44} performance accessibility  LCP s    CLS  KB with fonts and MathJax")
    for page in pages or [path for path in found if path.parts[0] != "_static"]:
        command = [lighthouse, f"http://127.0.0.1:{server.server_port}/{page}", *OPTIONS]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, env=env).stdout)
        fast, fair = (category["score"] for category in said["categories"].values())
        lcp, cls, size = (said["audits"][name].get("numericValue", 0) for name in FIGURES)
        print(f"{page!s:44} {fast:11.0%} {fair:13.0%} {lcp / 1e3:6.2f} {cls:6.3f} {size / 1024:4.0f}",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
