"""Print the script of a Markdown page: the Python block that follows the line `<!-- script -->`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_SCRIPT = re.compile(r"^<!-- script -->\s*^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def script(page: str) -> str:
    """Return the code of the marked block of *page*.

    Raises:
        ValueError: The page marks no block, or several.
    """
    blocks: list[str] = _SCRIPT.findall(page)
    if len(blocks) != 1:
        raise ValueError(f"expected one block marked <!-- script -->, found {len(blocks)}")
    return blocks[0]


if __name__ == "__main__":
    sys.stdout.write(script(Path(sys.argv[1]).read_text(encoding="utf-8")))
