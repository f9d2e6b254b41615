"""The restitution and its deck; never a name beside an answer."""
