"""What runs in the bounded child process: bytes to cells; never anything of the caller's."""
