"""The sample shop, asked as its customers ask it."""
