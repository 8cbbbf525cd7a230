"""Where a model is asked, whether that is on this machine or network, and through which proxy."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    import llm

# Names that the public DNS does not have (RFC 6761, 6762, 8375; ICANN's .internal).
_LOCAL_NAMES = (".local", ".localhost", ".lan", ".internal", ".home.arpa", ".home")
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598: also what Tailscale gives
_OLLAMA = 11434  # the port where Ollama listens


def address_of(model: llm.Model) -> str:
    """Return the base URL that a model is asked at, or the name of its plugin where none is known.

    llm's own models obey OPENAI_BASE_URL, llm-anthropic ANTHROPIC_BASE_URL, llm-ollama OLLAMA_HOST.
    """
    for name in ("api_base", "base_url", "host"):
        value = getattr(model, name, None)
        if isinstance(value, str) and value:
            return value.rstrip("/")
    plugin = type(model).__module__.partition(".")[0]
    if plugin == "llm_ollama":
        return _ollama(os.environ.get("OLLAMA_HOST", ""))
    if plugin == "llm_anthropic":
        return os.environ.get("ANTHROPIC_BASE_URL", "").rstrip("/") or "https://api.anthropic.com"
    if plugin == "llm":
        base = os.environ.get("OPENAI_BASE_URL", "").rstrip("/")
        return base or "https://api.openai.com/v1"
    return plugin


def _ollama(host: str) -> str:
    """Return the URL that OLLAMA_HOST means, as Ollama reads it: scheme and port may be missing."""
    host = host.strip().strip("\"'").rstrip("/") or "127.0.0.1"
    if "://" not in host:
        host = f"http://{host}"
    host = re.sub(r"://(?:0\.0\.0\.0|\[::\])(?=[:/]|$)", "://127.0.0.1", host)
    try:
        has_port = urlsplit(host).port is not None
    except ValueError:
        return host
    return host if has_port or host.startswith("https:") else f"{host}:{_OLLAMA}"


def server_name(model: llm.Model) -> str:
    """Return how a server calls a model."""
    return str(getattr(model, "model_name", None) or model.model_id)


def local_addresses(address: str) -> list[str]:
    """Return the IP addresses behind a URL where all are of this machine or its network, else none.

    A name that may be public is not looked up.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        return []
    if not _is_ip(host) and "." in host and not host.endswith(_LOCAL_NAMES):
        return []
    try:
        found = socket.getaddrinfo(host, parts.port or 80, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):
        return []
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    return addresses if all(map(_is_near, addresses)) else []


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_near(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_private or address.is_link_local or address in _SHARED


def proxy_of(address: str) -> str:
    """Return the proxy that a connection to a URL goes through, empty for none."""
    parts = urlsplit(address)
    if not parts.hostname:
        return ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    try:
        is_passed_by = bool(proxy_bypass(parts.netloc.rpartition("@")[2]))
    except (OSError, ValueError):
        is_passed_by = False
    return "" if is_passed_by else proxy
