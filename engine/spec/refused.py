"""What the operating system refuses, in words for people."""

from __future__ import annotations

import errno

from engine.spec.check import printable

OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What no other name of a file would mend."""


def reason(error: OSError) -> str:
    """Why it was refused, and the mend: the end of a sentence, without its full stop."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "there is no room for it; free some, or choose another place"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "that is not permitted; change the permissions, or choose another place"
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such file or folder; check the path"
        case errno.EEXIST:
            return "there is such a file already; choose another name"
        case errno.EISDIR:
            return "it is a folder; choose a file"
        case errno.ELOOP:
            return "its links lead in a circle; check the path"
        case errno.ENAMETOOLONG:
            return "its name is too long; choose a shorter one"
        case _:
            return f"{printable(error.strerror or str(error))}; try again, or choose another place"


def sentence(error: Exception) -> str:
    """What an error says to people; of the system's, with the file where it names one."""
    if not isinstance(error, OSError):
        return str(error) or type(error).__name__
    why = reason(error)
    if error.filename is None:
        return f"{why[:1].upper()}{why[1:]}."
    name = error.filename
    return f"{printable(name if isinstance(name, str) else repr(name))}: {why}."
