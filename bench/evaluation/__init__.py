"""From predictions to scores, ranks and comparisons."""
