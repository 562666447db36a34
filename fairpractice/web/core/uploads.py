"""Files that are uploaded: held in memory up to a limit, and dropped unread beyond it."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest


LARGEST = 5 * 1024 * 1024  # bytes


class Limited(MemoryFileUploadHandler):
    """Keeps a file in memory, and gives it up when it is larger than :data:`LARGEST`.

    The rest of what is sent is read and thrown away, so that the browser sees the answer.
    """

    def handle_raw_input(self, *arguments: Any, **named: Any) -> None:
        """Take every file; nothing is put on disk."""
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece of the file."""
        if start + len(raw_data) > LARGEST:
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def too_large(request: HttpRequest) -> bool:
    """Tell whether what was sent is more than any file that is taken."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) > LARGEST if length.isdecimal() else False
