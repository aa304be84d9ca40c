"""What went wrong on the way to a mailbox, told by one table and without secrets or addresses.

The texts are made of the step and the server's number. What the server or a library says beside it never goes into
them, since it often repeats the address.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import aiosmtplib

from bot.errors import IntegrationError, Reason

REASONS: Final[Mapping[int, Reason]] = MappingProxyType(
    {
        421: Reason.SERVER,
        450: Reason.SERVER,
        451: Reason.SERVER,
        452: Reason.SERVER,
        454: Reason.SERVER,
        530: Reason.AUTH,
        534: Reason.AUTH,
        535: Reason.AUTH,
        538: Reason.AUTH,
        550: Reason.CLIENT,
        551: Reason.CLIENT,
        552: Reason.CLIENT,
        553: Reason.CLIENT,
        554: Reason.CLIENT,
    }
)
"""The replies of RFC 5321, section 4.2.3, and RFC 4954, section 6, that a delivery ends with."""

ADVICE: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.AUTH: "Check user and password in SMTP_URL.",
        Reason.UNREACHABLE: "Check host and port in SMTP_URL.",
    }
)


def of_exception(error: BaseException) -> IntegrationError:
    """Say what an exception of the client means. Before the message's last dot nothing can have been accepted."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refused, *_]):
            return _of_code(refused.code, "the recipient")
        case aiosmtplib.SMTPSenderRefused(code=code):
            return _of_code(code, "the sender (SMTP_FROM)")
        case aiosmtplib.SMTPDataError(code=code):
            return _of_code(code, "the message")
        case aiosmtplib.SMTPResponseException(code=code):
            return _of_code(code, "us")
        case aiosmtplib.SMTPNotSupported():
            return IntegrationError(Reason.CLIENT, "The mail server lacks something that SMTP_URL asks for.")
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPConnectTimeoutError():
            return _unreached(error)
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            return IntegrationError(Reason.TIMEOUT, "The mail server did not answer in time.")
        case aiosmtplib.SMTPServerDisconnected() | OSError():
            return IntegrationError(Reason.UNKNOWN_OUTCOME, "The mail server broke the connection off.")
        case ValueError():
            return IntegrationError(Reason.CLIENT, "The address in the profile is none that mail can be sent to.")
    text = "No private way to the mail server: it offers no STARTTLS."
    return IntegrationError(Reason.CLIENT, text if "STARTTLS" in str(error) else "The mail server was not understood.")


def reason_of_code(code: int) -> Reason:
    """Map a reply; what RFC 5321 does not name goes by its first digit: 4 passes, 5 stays."""
    return REASONS.get(code, Reason.SERVER if 400 <= code < 500 else Reason.CLIENT)


def _of_code(code: int, what: str) -> IntegrationError:
    reason = reason_of_code(code)
    text = f"The mail server refused {what} ({code})."
    return IntegrationError(reason, " ".join(filter(None, (text, ADVICE.get(reason, "")))))


def _unreached(error: BaseException) -> IntegrationError:
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and len(chain) < 5:
        chain.append(cause)
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
        return IntegrationError(Reason.CLIENT, "The mail server's certificate is not trusted (SMTP_CA_FILE).")
    return IntegrationError(Reason.UNREACHABLE, f"The mail server could not be reached. {ADVICE[Reason.UNREACHABLE]}")
