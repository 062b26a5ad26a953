"""The leaderboard as a static site: pages that need no server and no other host."""
