"""The demonstration hospital on the internet: the Centre hospitalier de Valmont, which does not exist.

Its servers are the project's own, small, on loopback addresses only; the product names they show are imitated banners,
and nothing behind them is those products.
"""
