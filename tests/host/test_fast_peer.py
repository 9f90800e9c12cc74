"""A peer in lockstep whose next request is there at once after an answer is not a greedy one."""

import socket

from gbcs.link import seal
from gbcs_host.links import listen
from gbcs_host.links.crowd import MAX_AHEAD, UdpCrowd

GREETING = seal(bytes(17))


class Lockstep(UdpCrowd):
    """Each answer has been followed by the peer's next request before the crowd goes on."""

    def __init__(self, listener, peer):
        self.drops, self.requests, self.peer = [], 0, peer
        super().__init__(listener, self.take, self.dropped, self.greet, lambda datagram: None)

    def take(self, peer, datagram):
        self.requests += 1
        return True, datagram

    def dropped(self, name, why):
        self.drops.append(why)

    def greet(self, datagram):
        return datagram if not any(datagram) else None

    def _send(self, answer, port, where):
        super()._send(answer, port, where)
        self.peer.recv(1 << 16)
        self.peer.send(seal(b"\x01" * 13 + self.requests.to_bytes(4, "big")))


def test_a_peer_that_waits_for_each_answer_keeps_its_place():
    listener = listen("udp:127.0.0.1:0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        host, _, port = listener.name[4:].rpartition(":")
        peer.connect((host, int(port)))
        crowd = Lockstep(listener, peer)
        peer.send(GREETING)
        crowd.run(lambda: crowd.requests > 2 * MAX_AHEAD or bool(crowd.drops))
    listener.close()
    assert crowd.drops == []
    assert crowd.requests > 2 * MAX_AHEAD
