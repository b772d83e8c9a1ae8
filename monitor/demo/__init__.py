"""The press web: a simulated Vietnamese web on loopback, and the truth about it; no network beyond 127.0.0.1."""
