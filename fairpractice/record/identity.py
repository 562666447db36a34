"""Identity at rest: Parquet's own encryption (AES-GCM), with a key kept outside the record.

The key is a file of 64 hexadecimal digits. It is the one that ``FAIRPRACTICE_KEY_FILE`` names,
else ``~/.config/fairpractice/keys/<record id>.key``; it is made when identity is first stored.
Each file is encrypted under a key of its own, made from that key and the file's path in the
record.
"""

import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from fairpractice.errors import FairpracticeError
from fairpractice.record import writing


if TYPE_CHECKING:
    import pyarrow as pa


VARIABLE = "FAIRPRACTICE_KEY_FILE"


def key_file(record: str) -> Path:
    """Return where the key of a record is, or will be."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "fairpractice" / "keys" / f"{record}.key"


def make_key(record: str) -> None:
    """Make the key of a record that has none yet, readable by its owner alone."""
    path = key_file(record)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        writing.write_private(path, secrets.token_hex(32) + "\n")
        writing.sync_folder(path.parent)


def write(rows: "pa.Table", folder: Path, file: str, record: str) -> None:
    """Write identity rows to a file of the record, encrypted, and bring it to the disk."""
    import pyarrow.parquet as pq
    from pyarrow.parquet.encryption import create_encryption_properties

    locked = create_encryption_properties(_key(record, file))
    with (folder / file).open("wb") as target:
        pq.write_table(rows, target, compression="zstd", encryption_properties=locked)
        target.flush()
        os.fsync(target.fileno())


def read(folder: Path, file: str, record: str) -> "pa.Table":
    """Read the identity rows of a file of the record.

    Raises
    ------
    FairpracticeError
        When the key is lost or is not the one that the file was encrypted with.
    """
    import pyarrow.parquet as pq
    from pyarrow.parquet.encryption import create_decryption_properties

    unlocked = create_decryption_properties(_key(record, file))
    try:
        return pq.ParquetFile(folder / file, decryption_properties=unlocked).read()
    except OSError as error:
        raise FairpracticeError(
            "the identity file cannot be decrypted",
            where=f"{folder / file}, key {key_file(record)}",
            fix="Put back the key that it was written with. Everything else works without it.",
        ) from error


def _key(record: str, file: str) -> bytes:
    path = key_file(record)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        if len(key) != 32:
            raise ValueError
    except FileNotFoundError:
        raise FairpracticeError(
            "the key to the record's identity table is not there",
            where=str(path),
            fix=f"Put it back, or name it in {VARIABLE}. Everything else works without it.",
        ) from None
    except ValueError:
        raise FairpracticeError(
            "this is not a key to an identity table",
            where=str(path),
            fix=f"It should be 64 hexadecimal digits. Put it back, or name it in {VARIABLE}.",
        ) from None
    return hmac.digest(key, f"{record}/{file}".encode(), "sha256")
