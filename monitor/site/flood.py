"""An address that sends a form to sign in goes in, whether it sent too many within a minute comes out: floods cost nothing."""

from __future__ import annotations

import time

PER_MINUTE = 120
"""Forms of one address: an office that starts its day sends fewer. What counts guesses is crawler/store/accounts/attempts.py."""


class Flood:
    """How many forms each address has sent in this minute."""

    def __init__(self) -> None:
        self._minute, self._sent = 0, dict[str, int]()

    def has(self, address: str) -> bool:
        """Count one more; whether it is too many."""
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._sent = minute, {}
        self._sent[address] = self._sent.get(address, 0) + 1
        return self._sent[address] > PER_MINUTE
