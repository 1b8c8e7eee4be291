"""The pure core: requirements, exchanges, rules, findings, outcomes. No I/O happens here."""
