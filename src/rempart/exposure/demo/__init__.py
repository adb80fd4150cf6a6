"""The demonstration hospital on the internet: the Centre hospitalier de Valmont, which does not exist.

Its servers are the project's own, small, on loopback addresses only; the product names they show are imitated banners,
and nothing behind them is those products.
"""

from pathlib import Path

REPAIRED = tuple(Path(__file__).with_name(f"valmont-{day}.rempart") for day in ("2026-09-14", "2026-11-02"))
"""Its two measurements once repaired, 49 days apart (`python -m tools.demo_exposure` makes them)."""
