"""Where jobs run: `serial` in this process, `processes` in workers, any of which may die."""
