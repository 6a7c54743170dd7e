"""A mail server for tests: says its port, then one JSON line per letter that it took."""

import base64
import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

wishes = json.loads(sys.argv[1])
left = {"busy": wishes.get("busy", 0)}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if left["busy"] > 0:
            left["busy"] -= 1
            return "451 4.3.2 try again later"
        letter = message_from_bytes(envelope.content, policy=policy.default)
        print(
            json.dumps(
                {
                    "id": letter["Message-ID"],
                    "from": letter["From"],
                    "to": envelope.rcpt_tos,
                    "subject": letter["Subject"],
                    "text": letter.get_content(),
                    "automatic": letter["Auto-Submitted"],
                    "tls": session.ssl is not None,
                    "login": base64.b64encode(session.auth_data.login).decode()
                    if session.auth_data
                    else None,
                }
            ),
            flush=True,
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b"right", handled=False, auth_data=data)


arguments = {}
if "certificate" in wishes:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(wishes["certificate"], wishes["key"])
    arguments = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": authenticate,
    }

controller = Controller(Handler(), hostname="127.0.0.1", port=wishes["port"], **arguments)
controller.start()
print(json.dumps({"port": controller.port}), flush=True)
sys.stdin.read()
controller.stop()
