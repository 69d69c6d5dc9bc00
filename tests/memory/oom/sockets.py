# A pair of sockets, select and poll.
import _socket, select
left, right = _socket.socketpair()
left.settimeout(1)
print(left.send(b"hello"), select.select([right], [], [], 1)[0] == [right], right.recv(3))  # expect: 5 True b'hel'
buffer = bytearray(10)
print(right.recv_into(buffer), bytes(buffer[:2]), right.sendmsg([b"ab", b"cd"]), left.recvmsg(10)[0])  # expect: 2 b'lo' 4 b'abcd'
poll = select.poll()
poll.register(left)
print(poll.poll(0)[0][1] == select.POLLOUT, _socket.inet_ntoa(b"\x7f\0\0\1"))  # expect: True 127.0.0.1
with select.epoll() as e:
    e.register(right, select.EPOLLIN)
    left.send(b"more")
    print(len(e.poll(1)))  # expect: 1
right.close()
