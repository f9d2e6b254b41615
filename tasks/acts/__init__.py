"""What people do, all through one door: decide, close, delegate, withdraw; never without its event."""
