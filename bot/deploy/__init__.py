"""Set-up, containers, units and proxies."""
