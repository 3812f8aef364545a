"""A real Dovecot of the test's own: one mailbox, plain text on the loopback."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from orderway.capture.imap import Mailbox

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
HERE = Path("/usr/lib/dovecot/imap").exists() and Path(PROGRAM).exists()
_COMMON = """
protocols = imap
listen = 127.0.0.1
base_dir = {place}/run
log_path = {place}/log
ssl = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
_OLD = """
disable_plaintext_auth = no
mail_location = maildir:{place}/mail
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/home
}}
"""
_NEW = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {place}/mail
passdb static {{
  password = secret
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {place}/home
  }}
}}
"""


@dataclass(slots=True)
class MailServer:
    """A Dovecot in a folder; it can be stopped and started again with its mail kept."""

    place: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        new = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout >= "2.4"
        text = _NEW + _COMMON if new else _COMMON + _OLD
        config = self.place / "dovecot.conf"
        config.write_text(text.format(place=self.place, port=self.port, **self._accounts()))
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)])
        self._wait()

    def _accounts(self) -> dict[str, object]:
        """Who runs what: Dovecot's own accounts where root starts it, which may not serve mail itself; else whoever we are."""
        for name in ("mail", "home"):
            (self.place / name).mkdir(exist_ok=True)
        if os.geteuid():
            us, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
            return {"internal": us, "group": group, "login": us, "uid": os.getuid(), "gid": os.getgid()}
        nobody = pwd.getpwnam("nobody")
        for name in ("mail", "home"):
            os.chown(self.place / name, nobody.pw_uid, nobody.pw_gid)
        self.place.chmod(0o755)
        accounts = {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}
        return {**accounts, "uid": nobody.pw_uid, "gid": nobody.pw_gid}

    def _wait(self) -> None:
        until = time.monotonic() + 15
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    if line.recv(10).startswith(b"* OK"):
                        return
            except OSError:
                pass
            if time.monotonic() > until:
                log = self.place / "log"
                raise RuntimeError(log.read_text() if log.exists() else "dovecot does not answer")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=15)
            self.process = None

    def mailbox(self) -> Mailbox:
        return Mailbox("127.0.0.1", self.port, "orders", "secret", security="")

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login("orders", "secret")
        client.select_folder("INBOX")
        return client

    def post(self, raw: bytes) -> None:
        """A mail arrives."""
        client = self.client()
        client.append("INBOX", raw)
        client.logout()

    def unread(self) -> int:
        client = self.client()
        found = len(client.search("UNSEEN"))
        client.logout()
        return found
