"""The example programme, and the people who answer and decide in it; never what a real programme needs."""
