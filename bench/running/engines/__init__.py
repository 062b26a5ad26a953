"""Where jobs run: `serial` in this process, `processes` in a pool that survives its workers."""
