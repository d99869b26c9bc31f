"""A stand-in for the Hub on loopback: what its clients ask, answered as it does, with faults where a test wants them.

It runs in threads of the test's own process, which so sees each request and changes what there is directly."""
from standin.certificates import Authority
from standin.hub import Hub
from standin.proxy import Proxy
from standin.world import World

__all__ = ["Authority", "Hub", "Proxy", "World"]
