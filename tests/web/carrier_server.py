"""A carrier of the tests: a real HTTP server in a thread, which books once a key and fails as it is told to."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LABEL = b"%PDF-1.7 a label"


class CarrierServer:
    """`plan` says how the next requests go wrong, one each; `booked` holds a tracking number a key, `asked` every request."""

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.booked: dict[str, str] = {}
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.label: Any = base64.b64encode(LABEL).decode()
        carrier = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                carrier.asked.append((dict(self.headers.items()), body))
                status, headers, answer = carrier.answer(self.headers["Idempotency-Key"])
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass  # who asked has hung up

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.address = f"http://127.0.0.1:{self.server.server_port}/book"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, key: str) -> tuple[int, dict[str, str], bytes]:
        how = self.plan.pop(0) if self.plan else ""
        if how == "500":
            return 500, {}, b"out of order"
        if how == "429":
            return 429, {"Retry-After": "120"}, b"slowly"
        if how == "422":
            return 422, {}, b"no such postcode"
        if how == "302":
            return 302, {"Location": self.address}, b""
        tracking = self.booked.setdefault(key, f"CX{len(self.booked) + 1:06}")
        if how == "time-out after booking":
            time.sleep(0.8)
        if how == "garbage":
            return 200, {}, b"<html>Welcome</html>"
        if how == "no PDF":
            return 200, {}, json.dumps({"tracking": tracking, "label": base64.b64encode(b"MZ").decode()}).encode()
        return 201, {}, json.dumps({"tracking": tracking, "label": self.label}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
