"""Which machines a link from upstream may lead to: public ones, and the host of the API itself.

The check sits in the resolver, so that the very address that was judged is the one that is connected to.
Links that hold an address instead of a name pass no resolver and are judged by :func:`is_allowed_host`.
"""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

# The only part of IPv6 that is handed out; old and tunnelled forms of IPv4 lie in it or outside of it.
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")


class PublicResolver(AbstractResolver):
    """Resolves names and drops every address that is not public, except for one trusted host."""

    def __init__(self, *, trusted_host: str) -> None:
        self._trusted_host = trusted_host
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses that may be connected to.

        Raises:
            OSError: The name is unknown, or none of its addresses is public.
        """
        found = await self._resolver.resolve(host, port, family)
        allowed = [entry for entry in found if host == self._trusted_host or is_public(entry["host"])]
        if not allowed:
            raise OSError("the name leads to no public address")
        return allowed

    async def close(self) -> None:
        """Release what the resolver holds."""
        await self._resolver.close()


def is_allowed_host(host: str, *, trusted_host: str) -> bool:
    """Return whether a link's host may be asked; a name may be, as the resolver judges what it leads to."""
    # Digits and dots, or a colon, are what aiohttp takes for an address and connects to unresolved.
    is_address = ":" in host or host.replace(".", "").isdigit()
    return host == trusted_host or not is_address or is_public(host)


def is_public(address: str) -> bool:
    """Return whether text is an IP address in its usual form that anyone on the internet can reach."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed not in _IPV6_UNICAST or parsed.sixtofour or parsed.teredo:
            return False
    return parsed.is_global and not parsed.is_multicast
