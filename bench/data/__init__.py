"""From folders and tables to tasks: reading, apexes, fingerprints, what was found."""
