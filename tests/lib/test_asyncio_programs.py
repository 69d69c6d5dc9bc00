# SPDX-License-Identifier: MIT
"""What asyncio does elsewhere with threads: child processes and addresses."""
import asyncio
import sys
import unittest


class Children(unittest.IsolatedAsyncioTestCase):
    async def test_exec(self):
        code = "import sys; print(sys.stdin.read().upper()); sys.exit(3)"
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=-1, stdout=-1)
        self.assertEqual(await child.communicate(b"abc"), (b"ABC\n", None))
        self.assertEqual(child.returncode, 3)

    async def test_many_at_once(self):
        children = [await asyncio.create_subprocess_shell(f"exit {n}") for n in range(5)]
        self.assertEqual(await asyncio.gather(*(child.wait() for child in children)), list(range(5)))

    async def test_terminate(self):
        child = await asyncio.create_subprocess_exec("sleep", "60")
        child.terminate()
        self.assertEqual(await child.wait(), -15)


class Addresses(unittest.IsolatedAsyncioTestCase):
    async def test_server_and_client_by_name(self):
        async def answer(reader, writer):
            writer.write((await reader.readline())[::-1])
            writer.close()

        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("127.0.0.1", 80, type=1)
        self.assertEqual([entry[4] for entry in found], [("127.0.0.1", 80)])
        self.assertEqual(await loop.getnameinfo(("127.0.0.1", 80), 3), ("127.0.0.1", "80"))
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"abc\n")
            self.assertEqual(await reader.read(), b"\ncba")
            writer.close()
            await writer.wait_closed()


if __name__ == "__main__":
    unittest.main()
