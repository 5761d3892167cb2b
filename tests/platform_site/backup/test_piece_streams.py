from platform_site.backup.piece_streams import PieceStream


def test_pieces_are_read_in_any_length() -> None:
    stream = PieceStream([b"abc", b"", b"defg", b"h"])
    assert [stream.read(2), stream.read(4), stream.read(0), stream.read()] == [
        b"ab", b"cdef", b"", b"gh",
    ]  # fmt: skip
    assert stream.read(5) == b""
