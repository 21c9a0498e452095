"""WebSocket by the Python library `websockets`: a server that echoes, or a client that runs one scenario.

    peer.py serve                      prints its port; echoes; closes with the code and reason of a text `close CODE REASON`
    peer.py ask URL SCENARIO           prints one line of JSON: what came of it
"""

import asyncio
import hashlib
import json
import ssl
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

LARGE = 16 * 1024 * 1024


async def echo(websocket):
    try:
        async for message in websocket:
            if isinstance(message, str) and message.startswith("close "):
                _, code, reason = message.split(" ", 2)
                await websocket.close(int(code), reason)
            elif message == "fragments":
                await websocket.send(part async for part in fragments())
            else:
                await websocket.send(message)
    except ConnectionClosed:
        pass


async def fragments():
    for part in ["frag", "", "men", "ted"]:
        yield part


async def run_server():
    async with serve(echo, "127.0.0.1", 0, max_size=2 * LARGE, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await server.serve_forever()


def digest(message):
    return hashlib.sha256(message if isinstance(message, bytes) else message.encode()).hexdigest()[:16]


async def lengths(websocket):
    seen = []
    for length in [0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024]:
        for message in ["x" * length, bytes(i * 31 % 256 for i in range(length))]:
            await websocket.send(message)
            seen.append(await websocket.recv() == message)
    return all(seen) and len(seen)


async def large(websocket):
    message = bytes(range(256)) * (LARGE // 256)
    await websocket.send(message)
    answer = await websocket.recv()
    return [len(answer), digest(answer) == digest(message)]


async def fragmented(websocket):
    await websocket.send(part async for part in fragments())
    first = await websocket.recv()
    await websocket.send("fragments")
    return [first, await websocket.recv()]


async def pings(websocket):
    seen = []
    for payload in [b"", b"between", b"p" * 125]:
        waiter = await websocket.ping(payload)
        seen.append(await waiter >= 0)
    return all(seen) and len(seen)


async def closes_itself(websocket):
    await websocket.close(4999, "r" * 123)
    return [websocket.close_code, websocket.close_reason]


async def is_closed(websocket):
    await websocket.send("close 3000 göne")
    try:
        await websocket.recv()
    except ConnectionClosed as closed:
        return [closed.rcvd.code, closed.rcvd.reason]


async def extensions(websocket):
    await websocket.send("a" * 100_000)
    answer = await websocket.recv()
    return [len(answer), [extension.name for extension in websocket.protocol.extensions]]


def any_certificate():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def run_client(url, scenario):
    secure = {"ssl": any_certificate(), "server_hostname": "acme.io"} if url.startswith("wss:") else {}
    async with connect(url, max_size=2 * LARGE, ping_interval=None, compression="deflate", **secure) as websocket:
        print(json.dumps(await globals()[scenario](websocket)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(run_server())
    else:
        asyncio.run(run_client(sys.argv[2], sys.argv[3]))
